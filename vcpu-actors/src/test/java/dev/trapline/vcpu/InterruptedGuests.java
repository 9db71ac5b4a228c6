package dev.trapline.vcpu;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.board.Board;
import dev.trapline.board.bus.Alarm;
import dev.trapline.testkit.Assembler;
import java.util.List;

/// What guests that take interrupts have in common in tests.
final class InterruptedGuests {

    /// When a planned interrupt happens, in ticks.
    static final long PLANNED = 50_000;

    private static final long ALARM = 0x0a00_0000L;

    private InterruptedGuests() {}

    static Image guest(String source) {
        return Assembler.image("assembled.bin", ExecutionState.A64, source);
    }

    /// An interrupt for the first vCPU.
    static List<PlannedInjection> planned(int intid) {
        return List.of(new PlannedInjection(new Injection.Interrupt(VcpuId.BOOT, intid), new Moment.AtTime(PLANNED)));
    }

    /// Adds an alarm at 0x0a00_0000, whose line is INTID 40.
    static void addAlarm(Board board) {
        Alarm alarm = new Alarm();
        board.device(ALARM, alarm).interrupt(8, alarm.lines().getFirst());
    }
}
