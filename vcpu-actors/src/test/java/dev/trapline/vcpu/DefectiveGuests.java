package dev.trapline.vcpu;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Injection.BadDisk.Failure;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.WrongBits;
import java.util.Arrays;
import java.util.List;

/// What guests of devices with defects have in common in tests.
final class DefectiveGuests {

    /// UARTFR, and its bit that says that the transmit FIFO is full (DDI0183G §3.3.3).
    static final long FLAGS = 0x900_0018L;

    static final long FULL = 0x20;

    /// Writes two sectors of one letter and reads them back, four times, with other letters and sectors. Prints
    /// each time the status of the write and of the read, and the first and the last byte that were read. Before
    /// each character it waits until the UART is not full. At the end it turns the machine off (VIRTIO 1.2 §4.2.3,
    /// §5.2.6).
    static final String USES_ITS_DISK = """
            movz x9, #0x0900, lsl #16
            movz x3, #0x0a00, lsl #16
            str wzr, [x3, #0x70]
            mov w0, #3
            str w0, [x3, #0x70]
            mov w0, #1
            str w0, [x3, #0x24]
            str w0, [x3, #0x20]
            str wzr, [x3, #0x24]
            str wzr, [x3, #0x20]
            mov w0, #11
            str w0, [x3, #0x70]
            str wzr, [x3, #0x30]
            mov w0, #8
            str w0, [x3, #0x38]
            movz x5, #0x400c, lsl #16
            str w5, [x3, #0x80]
            add w0, w5, #0x1000
            str w0, [x3, #0x90]
            add w0, w5, #0x2000
            str w0, [x3, #0xa0]
            mov w0, #1
            str w0, [x3, #0x44]
            mov w0, #15
            str w0, [x3, #0x70]
            movz x6, #0x400e, lsl #16
            movz x7, #0x400f, lsl #16
            str x6, [x5]
            mov w0, #16
            str w0, [x5, #8]
            movz w0, #1
            movk w0, #1, lsl #16
            str w0, [x5, #12]
            str x7, [x5, #16]
            mov w0, #1024
            str w0, [x5, #24]
            add x0, x6, #0x100
            str x0, [x5, #32]
            mov w0, #1
            str w0, [x5, #40]
            mov w0, #2
            str w0, [x5, #44]
            mov w14, #0
            mov w15, #0
        next:
            add w0, w15, #97
            mov x1, x7
            add x2, x7, #1024
        fill:
            strb w0, [x1], #1
            cmp x1, x2
            b.ne fill
            mov w10, #1
            mov w13, #1
            bl request
            mov w10, #0
            mov w13, #3
            bl request
            ldrb w0, [x7]
            bl print
            ldrb w0, [x7, #1023]
            bl print
            add w15, w15, #1
            cmp w15, #4
            b.ne next
        """ + InterruptedGuests.OFF + """

        request:
            mov x20, x30
            str w10, [x6]
            str wzr, [x6, #4]
            lsl w0, w15, #1
            str x0, [x6, #8]
            orr w0, w13, #0x20000
            str w0, [x5, #28]
            add w14, w14, #1
            add x0, x5, #0x1000
            strh w14, [x0, #2]
            str wzr, [x3, #0x50]
            ldrb w0, [x6, #0x100]
            add w0, w0, #48
            bl print
            ret x20
        print:
            ldr w1, [x9, #0x18]
            tbnz w1, #5, print
            str w0, [x9]
            ret
        """;

    private DefectiveGuests() {}

    static MachineSpec virt(Specs specs) {
        MachineSpec spec = specs.spec();
        return spec.with(spec.board().withKind(BoardKind.VIRT));
    }

    /// The guest above, and a disk of eight sectors that are full of dashes.
    static List<Image> usesItsDisk() {
        byte[] content = new byte[8 * 512];
        Arrays.fill(content, (byte) '-');
        return List.of(
                InterruptedGuests.guest(USES_ITS_DISK), new Image(Image.Kind.DISK, "disk", 0, Bytes.copyOf(content)));
    }

    static MachineFault misread(WrongBits bits, long count) {
        return new MachineFault.Defective(new Injection.Misread(FLAGS, bits, count));
    }

    static MachineFault stuck(int intid, boolean high, long ticks) {
        return new MachineFault.Defective(new Injection.StuckLine(intid, high, ticks));
    }

    static MachineFault badDisk(Failure failure, long count) {
        return new MachineFault.Defective(new Injection.BadDisk(0, failure, count));
    }

    /// A plan with one fault at one time.
    static FaultPlan at(long ticks, MachineFault fault) {
        return FaultPlan.of(new FaultRule("it", Moments.once(new Moment.AtTime(ticks)), Occasion.ALWAYS, fault));
    }

    /// Defects of all kinds, again and again.
    static FaultPlan allAgainAndAgain() {
        Moments often = new Moments(new Moment.AtTime(0), 700);
        Moments seldom = new Moments(new Moment.AtTime(5), 1_900);
        return FaultPlan.of(
                new FaultRule(
                        "full", often, Occasion.ALWAYS.withProbability(0.6), misread(new WrongBits(0, FULL, 0), 4)),
                new FaultRule("stuck", seldom, Occasion.ALWAYS, stuck(48, true, 400)),
                new FaultRule("dead", often, Occasion.ALWAYS.every(3), stuck(48, false, 900)),
                new FaultRule("lost", seldom, Occasion.ALWAYS.withProbability(0.5), badDisk(Failure.WRITE_LOST, 1)),
                new FaultRule("torn", often, Occasion.ALWAYS.every(4), badDisk(Failure.WRITE_TORN, 1)),
                new FaultRule("unread", seldom, Occasion.ALWAYS.every(2), badDisk(Failure.READ_FAILS, 1)));
    }
}
