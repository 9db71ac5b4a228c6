package dev.trapline.abi.machine;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;

/// What an exit costs its vCPU in virtual time, beyond the instructions that led to it: the same for each exit of a
/// kind.
///
/// @param hypercall ticks for the way into firmware and back, by a call or by an interrupt that firmware takes, 0 to
///     [#MAX]
/// @param waitForInterrupt ticks for a WFI, whether it waits or not, 0 to [#MAX]
/// @param maintenance ticks for maintenance that reaches other vCPUs, 0 to [#MAX]
public record ExitCosts(long hypercall, long waitForInterrupt, long maintenance) {

    /// The largest cost: a sixth of a second.
    public static final long MAX = 10_000_000;

    /// A call of firmware takes as long as a hundred instructions, the others no more than theirs.
    public static final ExitCosts DEFAULT = new ExitCosts(100, 0, 0);

    public ExitCosts {
        SpecCheck.range("hypercall", hypercall, 0, MAX);
        SpecCheck.range("waitForInterrupt", waitForInterrupt, 0, MAX);
        SpecCheck.range("maintenance", maintenance, 0, MAX);
    }

    /// What an exit costs, in ticks.
    public long of(Exit exit) {
        return switch (exit) {
            case HypercallExit _, Exit.FirmwareInterrupt _ -> hypercall;
            case Exit.WaitForInterrupt _ -> waitForInterrupt;
            case Exit.Maintenance _ -> maintenance;
            case Exit.BudgetUsed _, GuestFault _ -> 0;
        };
    }
}
