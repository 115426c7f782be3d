import { createReEnableMfa } from "../functions/re-enable-mfa/re-enable-mfa.ts";
import { ports as reEnablePorts } from "../functions/re-enable-mfa/wiring.ts";
import { createRecordReset } from "../functions/record-reset/record-reset.ts";
import { ports as recordResetPorts } from "../functions/record-reset/wiring.ts";
import type { Wire } from "../local/stack.ts";
import type { Surroundings } from "../shared/runtime/surroundings.ts";

type RecordResetPorts = ReturnType<typeof recordResetPorts>;
type ReEnablePorts = ReturnType<typeof reEnablePorts>;

/** What a bug can change in a worker. */
export type Ports = Pick<RecordResetPorts & ReEnablePorts, keyof RecordResetPorts & keyof ReEnablePorts> & {
  surroundings: Surroundings;
};

/** Wires record-reset as it is deployed, but for the ports that have been tampered with. */
export const recordResetWith =
  (tamper: (ports: Ports & RecordResetPorts) => Partial<RecordResetPorts>): Wire =>
  (surroundings) => {
    const ports = recordResetPorts(surroundings);
    return createRecordReset({ ...ports, ...tamper({ ...ports, surroundings }) });
  };

/** The same for re-enable-mfa. */
export const reEnableWith =
  (tamper: (ports: Ports & ReEnablePorts) => Partial<ReEnablePorts>): Wire =>
  (surroundings) => {
    const ports = reEnablePorts(surroundings);
    return createReEnableMfa({ ...ports, ...tamper({ ...ports, surroundings }) });
  };
