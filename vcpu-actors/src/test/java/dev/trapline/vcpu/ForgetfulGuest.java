package dev.trapline.vcpu;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.Image;
import dev.trapline.testkit.Assembler;

/// Guests of two vCPUs that omit maintenance. vCPU 0 changes something again and again, and vCPU 1 keeps the sum of
/// what it sees: so the sum depends on the translations and TLB entries that the engine of vCPU 1 has.
enum ForgetfulGuest {
    /// vCPU 0 changes `add x5, x5, #1` to `add x5, x5, #2` and back; vCPU 1 executes it.
    A64_CODE(Width.AARCH64, ExecutionState.A64, """
        movz x0, #3
        movk x0, #0xc400, lsl #16
        mov x1, #1
        adr x2, second
        mov x3, #0
        hvc #0
        adr x12, target
        ldr w13, one
        ldr w14, two
        mov x10, #400
        patch:
        str w13, [x12]
        eor w13, w13, w14
        eor w14, w13, w14
        eor w13, w13, w14
        mov x11, #150
        wait:
        subs x11, x11, #1
        b.ne wait
        subs x10, x10, #1
        b.ne patch
        movz x0, #8
        movk x0, #0x8400, lsl #16
        hvc #0
        second:
        adr x12, sum
        mov x5, #0
        again:
        bl target
        str x5, [x12]
        b again
        one: .long 0x910004a5
        two: .long 0x910008a5
        .balign 2048
        target:
        add x5, x5, #1
        ret
        .balign 2048
        sum: .quad 0
        """),

    /// The same in A32.
    A32_CODE(Width.AARCH32, ExecutionState.A32, """
        movw r0, #3
        movt r0, #0x8400
        mov r1, #1
        adr r2, second
        mov r3, #0
        .inst 0xe1400070
        adr r8, target
        ldr r6, one
        ldr r7, two
        mov r4, #400
        patch:
        str r6, [r8]
        eor r6, r6, r7
        eor r7, r6, r7
        eor r6, r6, r7
        mov r5, #150
        wait:
        subs r5, r5, #1
        bne wait
        subs r4, r4, #1
        bne patch
        movw r0, #8
        movt r0, #0x8400
        .inst 0xe1400070
        second:
        adr r8, sum
        mov r5, #0
        again:
        bl target
        str r5, [r8]
        b again
        one: .long 0xe2855001
        two: .long 0xe2855002
        .balign 2048
        target:
        add r5, r5, #1
        bx lr
        .balign 2048
        sum: .long 0
        """),

    /// vCPU 0 lets the page at 0x8000_0000 be one of two pages, with the numbers 1 and 2, in turn; vCPU 1, whose
    /// MMU is on, reads it.
    A64_TABLE(Width.AARCH64, ExecutionState.A64, """
        ldr x12, level1
        ldr x13, block
        str x13, [x12, #8]
        add x13, x12, #0x1000
        orr x14, x13, #3
        str x14, [x12, #16]
        add x15, x12, #0x2000
        orr x14, x15, #3
        str x14, [x13]
        ldr x13, first
        ldr x14, second_page
        str x13, [x15]
        mov x16, #1
        and x17, x13, #0xfffffffffffff000
        str x16, [x17]
        mov x16, #2
        and x17, x14, #0xfffffffffffff000
        str x16, [x17]
        movz x0, #3
        movk x0, #0xc400, lsl #16
        mov x1, #1
        adr x2, second
        mov x3, #0
        hvc #0
        mov x10, #400
        patch:
        str x13, [x15]
        eor x13, x13, x14
        eor x14, x13, x14
        eor x13, x13, x14
        mov x11, #150
        wait:
        subs x11, x11, #1
        b.ne wait
        subs x10, x10, #1
        b.ne patch
        movz x0, #8
        movk x0, #0x8400, lsl #16
        hvc #0
        second:
        mov x1, #0xff
        msr mair_el1, x1
        ldr x1, tcr
        msr tcr_el1, x1
        ldr x1, level1
        msr ttbr0_el1, x1
        mrs x1, sctlr_el1
        orr x1, x1, #1
        msr sctlr_el1, x1
        isb
        movz x7, #0x8000, lsl #16
        adr x12, sum
        mov x5, #0
        again:
        ldr x6, [x7]
        add x5, x5, x6
        str x5, [x12]
        b again
        .balign 8
        level1: .quad 0x400c0000
        block: .quad 0x40000701
        first: .quad 0x400d0703
        second_page: .quad 0x400e0703
        tcr: .quad 0x200803519
        .balign 2048
        sum: .quad 0
        """);

    private final Width width;
    private final ExecutionState state;
    private final String source;

    ForgetfulGuest(Width width, ExecutionState state, String source) {
        this.width = width;
        this.state = state;
        this.source = source;
    }

    Width width() {
        return width;
    }

    Image image() {
        return Assembler.image("assembled.bin", state, source);
    }
}
