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

    /// The beginning of a guest: interrupts at EL1 branch to `interrupt`.
    static final String VECTORS = """
            b start
            .balign 2048
            .space 0x280
            b interrupt
            .balign 2048
        start:
            adr x0, start
            sub x0, x0, #0x800
            msr vbar_el1, x0
        """;

    /// Turns the machine off.
    static final String OFF = "movz x0, #8; movk x0, #0x8400, lsl #16; hvc #0;";

    private static final long ALARM = 0x0a00_0000L;

    private InterruptedGuests() {}

    /// The beginning of a guest with a GICv2, which forwards a shared interrupt to the first vCPU (IHI 0048B §4.3,
    /// §4.4). x1 is its Distributor, x2 its CPU interface, x9 the console. Interrupts are still masked.
    ///
    /// @param intid 32 to 95
    static String forwarding(int intid) {
        return VECTORS + """
                movz x1, #0x0800, lsl #16
                movz x2, #0x0801, lsl #16
                movz x9, #0x0900, lsl #16
                mov w0, #1
                strb w0, [x1, #%d]
                str w0, [x1]
                str w0, [x2]
                mov w0, #0xff
                str w0, [x2, #4]
                mov w0, #%d
                str w0, [x1, #%d]
            """.formatted(0x800 + intid, 1 << (intid % 32), 0x100 + intid / 32 * 4);
    }

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
