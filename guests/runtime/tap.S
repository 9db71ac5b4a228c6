// The Test Anything Protocol, and what the conformance guests need around it.
#include "tap.inc"
        GUEST   "tap.S"

        .lcomm  tap_count, 8
        .bss
        .balign 8
        .global cpu_count
cpu_count:
        .skip   8
        .global cpus
cpus:   .skip   8 * MAX_CPUS                    // affinity fields, by number

// Begins: exceptions, the first line, and the CPUs.
FUNCTION tap_begin
        str     x30, [sp, #-16]!
        ADDRESS x0, vectors
        msr     vbar_el1, x0
        isb
        TEXT    x0, "TAP version 13\n"
        bl      print
        bl      find_cpus
        ldr     x30, [sp], #16
        ret
END_FUNCTION tap_begin

// Ends: how many checks there were, and SYSTEM_OFF.
FUNCTION tap_end
        TEXT    x0, "1.."
        bl      print
        ADDRESS x0, tap_count
        ldr     x0, [x0]
        bl      print_decimal
        mov     w0, #'\n'
        bl      put_char
        b       power_off
END_FUNCTION tap_end

// x0: whether it holds, x1: text
FUNCTION tap_ok
        stp     x30, x19, [sp, #-16]!
        mov     x19, x1
        cbnz    x0, 1f
        TEXT    x0, "not "
        bl      print
1:      mov     x0, x19
        bl      tap_line
        mov     w0, #'\n'
        bl      put_char
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION tap_ok

// x0: what came, x1: what is expected, x2: text
FUNCTION tap_equal
        stp     x30, x19, [sp, #-32]!
        stp     x0, x1, [sp, #16]
        mov     x19, x2
        cmp     x0, x1
        cset    x0, eq
        mov     x1, x2
        bl      tap_ok
        ldp     x1, x2, [sp, #16]
        cmp     x1, x2
        b.eq    1f
        TEXT    x0, "# got %x, expected %x"
        bl      print_line
1:      ldp     x30, x19, [sp], #32
        ret
END_FUNCTION tap_equal

// x0: text, x1: reason
FUNCTION tap_skip
        stp     x30, x19, [sp, #-16]!
        mov     x19, x1
        bl      tap_line
        TEXT    x0, " # SKIP "
        bl      print
        mov     x0, x19
        bl      print
        mov     w0, #'\n'
        bl      put_char
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION tap_skip

// "ok", the number of the check, and its text in x0
FUNCTION tap_line
        stp     x30, x19, [sp, #-16]!
        mov     x19, x0
        TEXT    x0, "ok "
        bl      print
        ADDRESS x1, tap_count
        ldr     x0, [x1]
        add     x0, x0, #1
        str     x0, [x1]
        bl      print_decimal
        TEXT    x0, " - "
        bl      print
        mov     x0, x19
        bl      print
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION tap_line

// Fills `cpus`: clusters of up to 16, counted by Aff1, as AFFINITY_INFO knows them.
FUNCTION find_cpus
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        mov     x19, #0                         // Aff1
        mov     x20, #0                         // how many
1:      mov     x21, #0                         // Aff0
2:      orr     x1, x21, x19, lsl #8
        CALL    AFFINITY_INFO, , 0
        tbnz    w0, #31, 3f
        orr     x1, x21, x19, lsl #8
        ADDRESS x0, cpus
        str     x1, [x0, x20, lsl #3]
        add     x20, x20, #1
        add     x21, x21, #1
        cmp     x21, #16
        b.lo    2b
3:      add     x19, x19, #1
        cmp     x20, #MAX_CPUS
        b.hs    4f
        cbnz    x21, 1b                         // a cluster without CPUs is behind the last
4:      ADDRESS x0, cpu_count
        str     x20, [x0]
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION find_cpus

// The number of the CPU that asks, in x0; changes x1 to x3 besides and needs no stack.
FUNCTION my_number
        mrs     x1, mpidr_el1
        ldr     x2, =0xff00ffffff
        and     x1, x1, x2
        ADDRESS x2, cpus
        mov     x0, #0
1:      ldr     x3, [x2, x0, lsl #3]
        cmp     x1, x3
        b.eq    2f
        add     x0, x0, #1
        cmp     x0, #MAX_CPUS
        b.lo    1b
2:      ret
END_FUNCTION my_number

// Waits until AFFINITY_INFO of the CPU with the number in x0 says x1, one second at most. x0: the last that it said.
FUNCTION await_state
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        AFFINITY x19, x0
        mov     x20, x1
        mrs     x21, cntvct_el0
        ldr     x0, =SECOND
        add     x21, x21, x0
1:      mov     x1, x19
        CALL    AFFINITY_INFO, , 0
        cmp     x0, x20
        b.eq    2f
        mrs     x1, cntvct_el0
        cmp     x1, x21
        b.lo    1b
2:      ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION await_state

// Waits until all CPUs but the one that asks are off. x0: how many are not, after a second for each.
FUNCTION await_others_off
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        bl      my_number
        mov     x21, x0
        mov     x19, #0
        mov     x20, #0
1:      cmp     x19, x21
        b.eq    2f
        mov     x0, x19
        mov     x1, #STATE_OFF
        bl      await_state
        cmp     x0, #STATE_OFF
        cinc    x20, x20, ne
2:      add     x19, x19, #1
        ADDRESS x0, cpu_count
        ldr     x0, [x0]
        cmp     x19, x0
        b.lo    1b
        mov     x0, x20
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION await_others_off

// Waits until the 64-bit word at x0 is x1 or more, one second at most. The wait is made of calls, each of which lets another
// CPU go on where CPUs take turns. x0: the last that was read. Needs no stack.
FUNCTION await_word
        mov     x9, x0
        mov     x10, x1
        mrs     x11, cntvct_el0
        ldr     x12, =SECOND
        add     x11, x11, x12
1:      ldar    x12, [x9]
        cmp     x12, x10
        b.hs    2f
        CALL    PSCI_VERSION
        mrs     x13, cntvct_el0
        cmp     x13, x11
        b.lo    1b
2:      mov     x0, x12
        ret
END_FUNCTION await_word

// Adds one to the 64-bit word at x0; x0 is the sum. Changes x1 and w2 besides and needs no stack.
FUNCTION count_up
1:      ldaxr   x1, [x0]
        add     x1, x1, #1
        stlxr   w2, x1, [x0]
        cbnz    w2, 1b
        mov     x0, x1
        ret
END_FUNCTION count_up

// An instruction that is undefined is skipped, and x0 is UNDEFINED then: what SMC does on a machine that has none. All else ends
// the guest.
        .text
        .balign 2048
        .global vectors
vectors:
        .rept   4
        b       unexpected
        .balign 128
        .endr
        msr     tpidr_el1, x1
        mrs     x1, esr_el1
        lsr     x1, x1, #26                     // exception class: 0 is undefined
        cbnz    x1, unexpected
        mrs     x1, elr_el1
        add     x1, x1, #4
        msr     elr_el1, x1
        mrs     x1, tpidr_el1
        ldr     x0, =UNDEFINED
        eret
        .balign 128
        .rept   11
        b       unexpected
        .balign 128
        .endr

unexpected:
        TEXT    x0, "Bail out! exception %x at %x"
        mrs     x1, esr_el1
        mrs     x2, elr_el1
        bl      print_line
        b       power_off
        .ltorg
