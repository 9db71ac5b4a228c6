package dev.trapline.journal.codec;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.Width;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.policy.Decision;

/// The stored number of every enum constant that a recording can hold.
final class Codes {

    static final EnumCode<Conduit> CONDUIT = EnumCode.of(Conduit.class, Conduit.SMC, Conduit.HVC);

    static final EnumCode<ExecutionState> STATE =
            EnumCode.of(ExecutionState.class, ExecutionState.A64, ExecutionState.A32, ExecutionState.T32);

    /// Number 8 was a write to read-only memory, which is ignored today.
    static final EnumCode<GuestFault.Kind> FAULT = EnumCode.without(
            8,
            GuestFault.Kind.class,
            GuestFault.Kind.UNDEFINED_INSTRUCTION,
            GuestFault.Kind.SUPERVISOR_CALL,
            GuestFault.Kind.BREAKPOINT,
            GuestFault.Kind.PREFETCH_ABORT,
            GuestFault.Kind.DATA_ABORT,
            GuestFault.Kind.UNMAPPED_READ,
            GuestFault.Kind.UNMAPPED_WRITE,
            GuestFault.Kind.UNMAPPED_FETCH,
            GuestFault.Kind.OTHER_EXCEPTION,
            GuestFault.Kind.TIME_IN_IT_BLOCK);

    static final EnumCode<Decision.Reason> REASON = EnumCode.of(
            Decision.Reason.class,
            Decision.Reason.UNCLAIMED,
            Decision.Reason.BY_RULE,
            Decision.Reason.IMMEDIATE,
            Decision.Reason.WIDTH,
            Decision.Reason.CONDITION,
            Decision.Reason.BY_TOGGLE,
            Decision.Reason.NOT_FORWARDED);

    static final EnumCode<VcpuState> VCPU_STATE = EnumCode.of(
            VcpuState.class,
            VcpuState.OFF,
            VcpuState.ON_PENDING,
            VcpuState.ON,
            VcpuState.SUSPENDED,
            VcpuState.POWERED_DOWN,
            VcpuState.STALLED);

    static final EnumCode<RunOutcome.Limit> LIMIT = EnumCode.of(
            RunOutcome.Limit.class, RunOutcome.Limit.INSTRUCTIONS, RunOutcome.Limit.TIMEOUT, RunOutcome.Limit.SCRIPT);

    static final EnumCode<JournalRecord.Stop.Reason> STOP = EnumCode.of(
            JournalRecord.Stop.Reason.class,
            JournalRecord.Stop.Reason.INTERRUPTED,
            JournalRecord.Stop.Reason.TIMEOUT,
            JournalRecord.Stop.Reason.SCRIPT);

    static final EnumCode<Effect.SystemReset.Reset> RESET =
            EnumCode.of(Effect.SystemReset.Reset.class, Effect.SystemReset.Reset.COLD, Effect.SystemReset.Reset.WARM);

    static final EnumCode<Effect.RouteInterrupt.Receiver> RECEIVER = EnumCode.of(
            Effect.RouteInterrupt.Receiver.class,
            Effect.RouteInterrupt.Receiver.GUEST,
            Effect.RouteInterrupt.Receiver.NOBODY,
            Effect.RouteInterrupt.Receiver.FIRMWARE);

    static final EnumCode<Effect.SystemOff.Off> OFF =
            EnumCode.of(Effect.SystemOff.Off.class, Effect.SystemOff.Off.POWER_OFF, Effect.SystemOff.Off.HIBERNATE);

    static final EnumCode<CallFault.Crashed.When> CRASH = EnumCode.of(
            CallFault.Crashed.When.class,
            CallFault.Crashed.When.BEFORE,
            CallFault.Crashed.When.WHILE,
            CallFault.Crashed.When.AFTER);

    static final EnumCode<Injection.BadDisk.Failure> DISK_FAILURE = EnumCode.of(
            Injection.BadDisk.Failure.class,
            Injection.BadDisk.Failure.READ_FAILS,
            Injection.BadDisk.Failure.WRITE_FAILS,
            Injection.BadDisk.Failure.WRITE_LOST,
            Injection.BadDisk.Failure.WRITE_TORN);

    static final EnumCode<DataOrder> DATA_ORDER = EnumCode.of(
            DataOrder.class, DataOrder.LITTLE, DataOrder.BIG_NOW, DataOrder.BIG_ON_EXCEPTION, DataOrder.BIG);

    static final EnumCode<CpuModel> CPU_MODEL =
            EnumCode.of(CpuModel.class, CpuModel.CORTEX_A53, CpuModel.CORTEX_A57, CpuModel.CORTEX_A72);

    static final EnumCode<Width> WIDTH = EnumCode.of(Width.class, Width.AARCH64, Width.AARCH32);

    static final EnumCode<Schedule> SCHEDULE = EnumCode.of(Schedule.class, Schedule.ROUND_ROBIN, Schedule.RANDOM);

    static final EnumCode<BoardKind> BOARD = EnumCode.of(BoardKind.class, BoardKind.BARE, BoardKind.VIRT);
    static final EnumCode<GicVersion> GIC = EnumCode.of(GicVersion.class, GicVersion.V2, GicVersion.V3);

    static final EnumCode<ConsoleKind> CONSOLE = EnumCode.of(ConsoleKind.class, ConsoleKind.PL011, ConsoleKind.VIRTIO);

    static final EnumCode<NetworkKind> NETWORK =
            EnumCode.of(NetworkKind.class, NetworkKind.NONE, NetworkKind.LOOP, NetworkKind.SWITCH);

    static final EnumCode<Image.Kind> IMAGE_KIND = EnumCode.of(
            Image.Kind.class,
            Image.Kind.ELF,
            Image.Kind.RAW,
            Image.Kind.FLASH,
            Image.Kind.DEVICE_TREE,
            Image.Kind.KERNEL,
            Image.Kind.INITRD,
            Image.Kind.DISK,
            Image.Kind.FLASH_VARIABLES);

    private Codes() {}
}
