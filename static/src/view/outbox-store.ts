// Where this browser keeps what is not acknowledged yet.
import { MemoryDisk, type OutboxStore } from "../collab/outbox.ts";

export async function openOutbox(): Promise<OutboxStore> {
  return new MemoryDisk().page();
}
