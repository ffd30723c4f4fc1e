// Command waymark is the whiteboard server for customer journey maps.
package main

func main() {}
