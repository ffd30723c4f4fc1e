// Package template holds the maps that Waymark ships: an empty one, five to begin with, and a finished
// example, each in German and in English.
//
// A template is one JSON file for people to edit, <language>/<name>.json. It nests what belongs together
// and holds no ids and no ranks: the order in the file is the order on the board.
//
//	{
//	  "name": "retention",            the file's name
//	  "lang": "en",                   the folder's name
//	  "title": "Customer retention",  what the list of templates says, in one line
//	  "about": "What happens ...",    and below it
//	  "map": {"title": "I stay ...", "scenario": "...", "goal": "...", "state": "current"},
//	  "personas": [{"name": "Jana Keller", "age": 34, "about": "Commuter", "color": "apricot"}],
//	  "lanes": [{"type": "actions"}, {"type": "separator", "title": "Line of visibility"}],
//	  "phases": [{
//	    "title": "Settling in",
//	    "steps": [{
//	      "title": "I am welcomed",
//	      "cells": {"actions": ["Opens the parcel", {"text": "Calls", "tier": "assumption"}]},
//	      "emotion": {"value": -200, "word": "annoyed", "because": "nobody answers"},
//	      "moment": {"polarity": "negative", "importance": 3, "title": "Does anyone answer?"},
//	      "markers": [{"type": "break", "edge": "after", "lane": "channels"}]
//	    }]
//	  }],
//	  "stickies": [{"anchor": "below", "x": 200, "y": 320, "color": "sun", "text": "..."}]
//	}
//
// An object that stands for a record takes that kind's fields by the names, types and limits of board's
// schema, and no others; fields left out have their defaults. A card that is only text may be a string.
// Cells and markers name a lane by its type, so a template has one lane of each type at most. The emotion is
// the first persona's; the reason is what follows "because". Numbers keep the schema's units:
// emotions, now and target are in hundredths, places and sizes of stickies in tenths of a pixel.
//
// Both languages of a template have the same phases, steps, lanes, cards, colours and numbers; only words
// differ. Files are read on first use; one that does not follow these rules makes that use panic.
package template
