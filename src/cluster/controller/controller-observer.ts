/** Hears of what the controller of a cluster does: on the broker that is the controller only. */
export interface ControllerObserver {
  /** Whether this broker is the controller. */
  controllerChanged(isController: boolean): void;
  /** @param vacant partitions without a leader, before the plan is carried out */
  planned(planned: { readonly vacant: number; readonly durationMs: number }): void;
  /** Partitions that were given a new leader. */
  partitionsAssigned(count: number): void;
  /** Partitions that their leaders were asked to release for others. */
  movesPlanned(count: number): void;
  controllerTransaction(outcome: TransactionOutcome): void;
}

/** Refused: something was not as it was read. Failed: the outcome is unknown, or the store can't write. */
export type TransactionOutcome = 'applied' | 'refused' | 'failed';

/** For tests that look elsewhere. */
export const silentControllerObserver: ControllerObserver = {
  controllerChanged: () => undefined,
  planned: () => undefined,
  partitionsAssigned: () => undefined,
  movesPlanned: () => undefined,
  controllerTransaction: () => undefined,
};
