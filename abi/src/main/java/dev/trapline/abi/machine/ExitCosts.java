package dev.trapline.abi.machine;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;

/// What an exit costs its vCPU in virtual time, beyond the instructions that led to it: the same for each exit of a
/// kind.
///
/// @param hypercall ticks for the way into firmware and back, 0 to [#MAX]
/// @param waitForInterrupt ticks for a WFI, whether it waits or not, 0 to [#MAX]
/// @param maintenance ticks for maintenance that reaches other vCPUs, 0 to [#MAX]
public record ExitCosts(long hypercall, long waitForInterrupt, long maintenance) {

    /// The largest cost: a sixth of a second.
    public static final long MAX = 10_000_000;

    public ExitCosts {
        check("hypercall", hypercall);
        check("waitForInterrupt", waitForInterrupt);
        check("maintenance", maintenance);
    }

    private static void check(String what, long ticks) {
        if (ticks < 0 || ticks > MAX) {
            throw new IllegalArgumentException(what + " takes 0 to " + MAX + " ticks, not " + ticks);
        }
    }

    /// What an exit costs, in ticks.
    public long of(Exit exit) {
        return switch (exit) {
            case HypercallExit _ -> hypercall;
            case Exit.WaitForInterrupt _ -> waitForInterrupt;
            case Exit.Maintenance _ -> maintenance;
            case Exit.BudgetUsed _, GuestFault _ -> 0;
        };
    }
}
