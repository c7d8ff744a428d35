/** Every limit of the intake, by name; the configuration's `intake` section sets them. Sizes in bytes. */
export interface IntakeLimits {
  /** Fetched bytes waiting in the spool; at this size sources are held back, not refused. */
  readonly spoolBytes: number;
  /** One batch as it arrives. */
  readonly batchBytes: number;
  /** One batch after decompression. */
  readonly expandedBytes: number;
  /** One line of a text format. */
  readonly lineBytes: number;
  /** One document (a whole CloudTrail file) after decompression. */
  readonly documentBytes: number;
  /** Batches fetched and inspected at the same time. */
  readonly fetches: number;
  /** Kept bytes of rejected batches; beyond it the oldest are dropped, with a warning. */
  readonly rejectedBytes: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_INTAKE_LIMITS: IntakeLimits = {
  spoolBytes: 2048 * MIB,
  batchBytes: 64 * 1024 * MIB,
  expandedBytes: 64 * 1024 * MIB,
  lineBytes: MIB,
  documentBytes: 256 * MIB,
  fetches: 8,
  rejectedBytes: 1024 * MIB,
};

/** A load takes batches until they are this many bytes together, decompressed: then they are one block in the engine. */
export const LOAD_BYTES = 48 * MIB;
/** ... or this many batches. */
export const LOAD_BATCHES = 1000;
