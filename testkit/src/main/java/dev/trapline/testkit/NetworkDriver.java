package dev.trapline.testkit;

/// A driver of the VirtIO network interface of the board `virt`, for guests that a test writes (VIRTIO 1.2 §4.2.3,
/// §5.1).
public final class NetworkDriver {

    /// A64 instructions that set the interface up, with 8 buffers for frames to receive and one for a frame of 60
    /// bytes to all machines.
    ///
    /// The interface is at x3. The three parts of queue 0 are at x5 and 4 KiB apart, those of queue 1 at x8. The
    /// frame to send is at x10, behind its header of 12 bytes.
    public static final String SETUP = """
            movz x3, #0x0a00, lsl #16
            movk x3, #0x3c00
            str wzr, [x3, #0x70]
            mov w0, #3
            str w0, [x3, #0x70]
            mov w0, #1
            str w0, [x3, #0x24]
            str w0, [x3, #0x20]
            str wzr, [x3, #0x24]
            mov w0, #0x20
            str w0, [x3, #0x20]
            mov w0, #11
            str w0, [x3, #0x70]
            mov w6, #0
            movz x5, #0x400c, lsl #16
        queues:
            str w6, [x3, #0x30]
            mov w0, #8
            str w0, [x3, #0x38]
            str w5, [x3, #0x80]
            add w0, w5, #0x1000
            str w0, [x3, #0x90]
            add w0, w5, #0x2000
            str w0, [x3, #0xa0]
            mov w0, #1
            str w0, [x3, #0x44]
            mov x8, x5
            add x5, x5, #0x4000
            add w6, w6, #1
            cmp w6, #2
            b.ne queues
            mov w0, #15
            str w0, [x3, #0x70]
            movz x5, #0x400c, lsl #16
            movz x7, #0x400d, lsl #16
            mov x6, #0
        buffers:
            add x0, x5, x6, lsl #4
            str x7, [x0]
            mov w1, #0x800
            str w1, [x0, #8]
            mov w1, #2
            str w1, [x0, #12]
            add x0, x5, #0x1000
            add x0, x0, x6, lsl #1
            strh w6, [x0, #4]
            add x7, x7, #0x800
            add x6, x6, #1
            cmp x6, #8
            b.ne buffers
            add x0, x5, #0x1000
            strh w6, [x0, #2]
            str wzr, [x3, #0x50]
            movz x10, #0x400e, lsl #16
            str x10, [x8]
            mov w0, #72
            str w0, [x8, #8]
            str wzr, [x8, #12]
            mov w0, #-1
            str w0, [x10, #12]
            strh w0, [x10, #16]
        """;

    private NetworkDriver() {}
}
