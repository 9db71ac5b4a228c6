package dev.trapline.abi.machine;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.Width;
import dev.trapline.abi.policy.Policy;

/// Everything that decides how a machine runs, but for its images and its inputs: part of a recording's header.
///
/// To make one, start from [#DEFAULT] and replace the parts that differ:
///
/// ```java
/// MachineSpec.DEFAULT
///         .with(CpuSpec.DEFAULT.withCount(4))
///         .with(BoardSpec.DEFAULT.withRam(1 << 20));
/// ```
public record MachineSpec(CpuSpec cpus, BoardSpec board, ScheduleSpec schedule, RunSpec run, FirmwareSpec firmware) {

    /// Frequency of virtual time and of every counter, in Hz.
    public static final long TICKS_PER_SECOND = 62_500_000;

    /// How long one tick of virtual time is, in nanoseconds: a whole number.
    public static final long NANOS_PER_TICK = 1_000_000_000L / TICKS_PER_SECOND;

    /// The last moment to which virtual time jumps while no vCPU can run, in ticks: 146 years. What is due later
    /// never comes. So a guest can bring neither ticks nor nanoseconds to an overflow.
    public static final long LAST_DEADLINE = 1L << 58;

    /// What `reference.conf` describes, with every service forwarded and none of their settings.
    public static final MachineSpec DEFAULT = new MachineSpec(
            CpuSpec.DEFAULT, BoardSpec.DEFAULT, ScheduleSpec.DEFAULT, RunSpec.DEFAULT, FirmwareSpec.DEFAULT);

    /// Checks that the parts fit together.
    ///
    /// @throws IllegalArgumentException if the parts do not fit together: an AArch32 machine has at most
    ///     [BoardSpec#AARCH32_RAM], and on [BoardKind#VIRT] a GICv2; a machine on that board has at most as many
    ///     CPUs as its interrupt controller can have
    public MachineSpec {
        SpecCheck.require(
                cpus.width() == Width.AARCH64 || board.ramBytes() <= BoardSpec.AARCH32_RAM,
                "ramBytes",
                "at most 3 GiB on an AArch32 machine",
                board.ramBytes());
        if (board.kind() == BoardKind.VIRT && cpus.width() == Width.AARCH32 && board.gic() != GicVersion.V2) {
            throw new IllegalArgumentException("AArch32 CPUs on the board 'virt' need a GICv2");
        }
        SpecCheck.require(
                board.kind() != BoardKind.VIRT || cpus.count() <= board.gic().mostVcpus(),
                "vcpus",
                "at most " + GicVersion.V2.mostVcpus() + " with a GICv2; a machine with a GICv3 can have more",
                cpus.count());
    }

    /// This machine with other CPUs.
    public MachineSpec with(CpuSpec other) {
        return new MachineSpec(other, board, schedule, run, firmware);
    }

    /// This machine on another board.
    public MachineSpec with(BoardSpec other) {
        return new MachineSpec(cpus, other, schedule, run, firmware);
    }

    /// This machine under another schedule.
    public MachineSpec with(ScheduleSpec other) {
        return new MachineSpec(cpus, board, other, run, firmware);
    }

    /// This machine with other limits.
    public MachineSpec with(RunSpec other) {
        return new MachineSpec(cpus, board, schedule, other, firmware);
    }

    /// This machine with other firmware.
    public MachineSpec with(FirmwareSpec other) {
        return new MachineSpec(cpus, board, schedule, run, other);
    }

    /// This machine under another policy.
    public MachineSpec withPolicy(Policy other) {
        return with(firmware.withPolicy(other));
    }
}
