package dev.trapline.abi.machine;

/// Which vCPU runs when, and how virtual time passes meanwhile.
///
/// @param kind who runs next, and for how long
/// @param seed of the schedule's generator, and of the entropy that comes from a seed
/// @param sliceBudget full length of a slice in instructions, 1 to [#MAX_SLICE]
/// @param cutSliceCost virtual time of a slice that an exit cut short, in ticks, 1 to [#MAX_SLICE]
public record ScheduleSpec(Schedule kind, long seed, long sliceBudget, long cutSliceCost) {

    /// The largest slice: beyond it a stop would be noticed late.
    public static final long MAX_SLICE = 10_000_000;

    /// Round robin, 20,000 instructions each.
    public static final ScheduleSpec DEFAULT = new ScheduleSpec(Schedule.ROUND_ROBIN, 0, 20_000, 256);

    public ScheduleSpec {
        SpecCheck.range("sliceBudget", sliceBudget, 1, MAX_SLICE);
        SpecCheck.range("cutSliceCost", cutSliceCost, 1, MAX_SLICE);
    }

    public ScheduleSpec withKind(Schedule other) {
        return new ScheduleSpec(other, seed, sliceBudget, cutSliceCost);
    }

    public ScheduleSpec withSeed(long other) {
        return new ScheduleSpec(kind, other, sliceBudget, cutSliceCost);
    }

    /// The same with slices of another length.
    ///
    /// @param instructions 1 to [#MAX_SLICE]
    public ScheduleSpec withSliceBudget(long instructions) {
        return new ScheduleSpec(kind, seed, instructions, cutSliceCost);
    }

    /// The same with another cost of slices that are cut short.
    ///
    /// @param ticks 1 to [#MAX_SLICE]
    public ScheduleSpec withCutSliceCost(long ticks) {
        return new ScheduleSpec(kind, seed, sliceBudget, ticks);
    }
}
