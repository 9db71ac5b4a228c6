package dev.trapline.abi.machine;

/// Which vCPU runs when, and how virtual time passes meanwhile.
///
/// @param kind in which order vCPUs have their turns in a round, and for how long
/// @param seed of the schedule's generator, and of the entropy that comes from a seed
/// @param quantum how long a round is, in ticks, and so the most instructions of a slice: 1 to [#MAX_QUANTUM]
/// @param exitCosts what exits cost in virtual time
public record ScheduleSpec(Schedule kind, long seed, long quantum, ExitCosts exitCosts) {

    /// The longest round: beyond it a stop would be noticed late.
    public static final long MAX_QUANTUM = 10_000_000;

    /// Round robin, rounds of 20,000 ticks.
    public static final ScheduleSpec DEFAULT = new ScheduleSpec(Schedule.ROUND_ROBIN, 0, 20_000, ExitCosts.DEFAULT);

    public ScheduleSpec {
        SpecCheck.range("quantum", quantum, 1, MAX_QUANTUM);
    }

    public ScheduleSpec withKind(Schedule other) {
        return new ScheduleSpec(other, seed, quantum, exitCosts);
    }

    public ScheduleSpec withSeed(long other) {
        return new ScheduleSpec(kind, other, quantum, exitCosts);
    }

    /// The same with rounds of another length.
    ///
    /// @param ticks 1 to [#MAX_QUANTUM]
    public ScheduleSpec withQuantum(long ticks) {
        return new ScheduleSpec(kind, seed, ticks, exitCosts);
    }

    /// The same with other costs of exits.
    public ScheduleSpec with(ExitCosts costs) {
        return new ScheduleSpec(kind, seed, quantum, costs);
    }
}
