// Package collab gives many sessions on one board one order.
package collab
