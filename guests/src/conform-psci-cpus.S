// PSCI (DEN0022 F.b) on several CPUs: CPU_ON of all, their initial state, races for one CPU, CPU_OFF, and ON again.
#include "tap.inc"
        GUEST   "conform-psci-cpus.S"

        .equ    CPU_FREEZE, 0x8400000b
        .equ    CYCLES, 10
        .equ    ROUNDS, 3

FUNCTION main
        bl      tap_begin
        NEEDS_CPUS 2, "CPU_ON and CPU_OFF", 1f
        bl      start_all
        bl      already_on
        bl      narrow
        bl      cycles
        bl      chain
        bl      freeze
        bl      take_over
        NEEDS_CPUS 3, "a race of CPU_ON", 1f
        bl      race
1:      b       tap_end
END_FUNCTION main

// Clears the results of CPUs.
FUNCTION clear
        ADDRESS x0, shared
        ADDRESS x1, shared_end
1:      str     xzr, [x0], #8
        cmp     x0, x1
        b.lo    1b
        ret
END_FUNCTION clear

// x0: the number of other CPUs whose word in the table at x0 is not the result of the function at x1 for their number
        .macro  COUNT_WRONG table, register
        mov     x3, #1
        mov     x0, #0
        ADDRESS x1, \table
        ADDRESS x2, cpu_count
        ldr     x2, [x2]
.Lnext\@:
        ldr     x4, [x1, x3, lsl #3]
        .ifc    \register, context
        ldr     x5, =0xc0ffee0800000000
        orr     x5, x5, x3
        .else
        .ifc    \register, affinity
        ADDRESS x5, cpus
        ldr     x5, [x5, x3, lsl #3]
        .else
        ldr     x5, =\register
        .endif
        .endif
        cmp     x4, x5
        cinc    x0, x0, ne
        add     x3, x3, #1
        cmp     x3, x2
        b.lo    .Lnext\@
        .endm

// All CPUs, one after the other, each with a context of its own.
FUNCTION start_all
        stp     x30, x19, [sp, #-32]!
        str     x20, [sp, #16]
        bl      clear
        mov     x19, #1
        mov     x20, #0
1:      AFFINITY x1, x19
        ldr     x3, =0xc0ffee0800000000
        orr     x3, x3, x19
        CALL    CPU_ON, , write_down
        cmp     x0, #0
        cinc    x20, x20, ne
        add     x19, x19, #1
        ADDRESS x0, cpu_count
        ldr     x0, [x0]
        cmp     x19, x0
        b.lo    1b
        mov     x0, x20
        EQUAL   0, "CPU_ON of every CPU is SUCCESS (DEN0022 5.6)"
        ADDRESS x0, cpu_count
        ldr     x1, [x0]
        sub     x19, x1, #1
        ADDRESS x0, started
        mov     x1, x19
        bl      await_word
        cmp     x0, x19
        HOLDS   eq, "every CPU runs within a second of CPU_ON (DEN0022 5.6)"
        bl      await_others_off
        EQUAL   0, "every CPU is OFF within a second of its CPU_OFF (DEN0022 5.5, 5.7)"
        COUNT_WRONG contexts, context
        EQUAL   0, "every CPU starts with its context_id in x0, all 64 bits (DEN0022 6.4)"
        COUNT_WRONG affinities, affinity
        EQUAL   0, "every CPU is the one that target_cpu named (DEN0022 5.6)"
        COUNT_WRONG levels, 4
        EQUAL   0, "every CPU starts at EL1 (DEN0022 6.4)"
        COUNT_WRONG stacks, 1
        EQUAL   0, "every CPU starts with SPSel 1 (DEN0022 6.4)"
        COUNT_WRONG masks, 0x3c0
        EQUAL   0, "every CPU starts with D, A, I and F masked (DEN0022 6.4)"
        COUNT_WRONG controls, 0
        EQUAL   0, "every CPU starts with MMU and caches off (DEN0022 6.4)"
        COUNT_WRONG starts, 1
        EQUAL   0, "every CPU starts once (DEN0022 5.6)"
        ldr     x20, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION start_all

// x0: context
FUNCTION write_down
        mov     x20, x0
        bl      my_number
        mov     x19, x0
        ADDRESS x0, contexts
        str     x20, [x0, x19, lsl #3]
        ADDRESS x0, affinities
        str     x1, [x0, x19, lsl #3]
        ADDRESS x0, levels
        mrs     x1, currentel
        str     x1, [x0, x19, lsl #3]
        ADDRESS x0, stacks
        mrs     x1, spsel
        str     x1, [x0, x19, lsl #3]
        ADDRESS x0, masks
        mrs     x1, daif
        str     x1, [x0, x19, lsl #3]
        ADDRESS x0, controls
        mrs     x1, sctlr_el1
        ldr     x2, =0x1005                     // M, C and I
        and     x1, x1, x2
        str     x1, [x0, x19, lsl #3]
        ADDRESS x0, starts
        add     x0, x0, x19, lsl #3
        bl      count_up
        ADDRESS x0, started
        bl      count_up
        b       turn_off
END_FUNCTION write_down

FUNCTION turn_off
        CALL    CPU_OFF
1:      wfi
        b       1b
END_FUNCTION turn_off

// Code that counts its start and waits until it is released.
FUNCTION stay
        ADDRESS x1, winner
        str     x0, [x1]
        ADDRESS x0, started
        bl      count_up
        ADDRESS x0, release
        mov     x1, #1
        bl      await_word
        b       turn_off
END_FUNCTION stay

// Releases the waiting CPUs, and waits until all are off.
FUNCTION release_all
        str     x30, [sp, #-16]!
        ADDRESS x0, release
        mov     x1, #1
        stlr    x1, [x0]
        bl      await_others_off
        ldr     x30, [sp], #16
        ret
END_FUNCTION release_all

FUNCTION already_on
        stp     x30, x19, [sp, #-16]!
        bl      clear
        mov     x19, #1
        AFFINITY x1, x19
        CALL    CPU_ON, , stay, 0
        AFFINITY x1, x19
        CALL    AFFINITY_INFO, , 0
        and     x0, x0, #~2
        EQUAL   STATE_ON, "AFFINITY_INFO after CPU_ON is ON_PENDING or ON (DEN0022 5.7)"
        ADDRESS x0, started
        mov     x1, #1
        bl      await_word
        EQUAL   1, "a CPU runs within a second of CPU_ON (DEN0022 5.6)"
        AFFINITY x1, x19
        CALL    AFFINITY_INFO, , 0
        EQUAL   STATE_ON, "AFFINITY_INFO of a CPU that runs is ON (DEN0022 5.7)"
        AFFINITY x1, x19
        CALL    CPU_ON, , stay, 0
        EQUAL   ALREADY_ON, "CPU_ON of a CPU that runs is ALREADY_ON (DEN0022 5.6)"
        bl      release_all
        EQUAL   0, "it is OFF again (DEN0022 5.7)"
        ADDRESS x0, started
        ldr     x0, [x0]
        EQUAL   1, "a CPU_ON that failed starts nothing (DEN0022 5.6)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION already_on

// In SMC32 the arguments are w registers.
FUNCTION narrow
        stp     x30, x19, [sp, #-16]!
        bl      clear
        ADDRESS x1, cpus
        ldr     x1, [x1, #8]
        ldr     x2, =0xdeadbeef00000000
        orr     x1, x1, x2
        ADDRESS x3, write_down
        orr     x2, x2, x3
        CALL    CPU_ON_32, , , 0xdeadbeef87654321
        EQUAL32 0, "CPU_ON in SMC32 takes w registers (DEN0028 3.1)"
        ADDRESS x0, started
        mov     x1, #1
        bl      await_word
        bl      await_others_off
        ADDRESS x0, contexts
        ldr     x0, [x0, #8]
        EQUAL   0x87654321, "a context_id of SMC32 has zeros above (DEN0022 6.4)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION narrow

// On and off again, as fast as possible: while the CPU is still turning off, CPU_ON returns ALREADY_ON.
FUNCTION cycles
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        bl      clear
        mov     x19, #CYCLES
        mov     x20, #0                         // answers that are neither
        mrs     x21, cntvct_el0
        ldr     x0, =SECOND * 5
        add     x21, x21, x0
1:      ADDRESS x1, cpus
        ldr     x1, [x1, #8]
        CALL    CPU_ON, , write_down, 0
        cbz     x0, 2f
        mrs     x1, cntvct_el0
        cmp     x1, x21
        b.hs    3f
        cmn     x0, #4
        b.eq    1b
        cmn     x0, #5
        b.eq    1b
        add     x20, x20, #1
        b       1b
2:      subs    x19, x19, #1
        b.ne    1b
3:      bl      await_others_off
        mov     x0, x20
        EQUAL   0, "CPU_ON of a CPU that is on its way off is ALREADY_ON or SUCCESS (DEN0022 6.6)"
        ADDRESS x0, starts
        ldr     x0, [x0, #8]
        EQUAL   CYCLES, "a CPU starts as often as CPU_ON was SUCCESS (DEN0022 5.6)"
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION cycles

// Each CPU turns on the next one and then itself off.
FUNCTION chain
        stp     x30, x19, [sp, #-16]!
        bl      clear
        ADDRESS x1, cpus
        ldr     x1, [x1, #8]
        CALL    CPU_ON, , pass_on, 2
        ADDRESS x0, cpu_count
        ldr     x1, [x0]
        sub     x19, x1, #1
        ADDRESS x0, started
        mov     x1, x19
        bl      await_word
        cmp     x0, x19
        HOLDS   eq, "any CPU may turn on any other (DEN0022 5.6)"
        bl      await_others_off
        EQUAL   0, "each of them is OFF after its CPU_OFF (DEN0022 5.7)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION chain

// x0: number of the next one
FUNCTION pass_on
        mov     x20, x0
        ADDRESS x1, cpu_count
        ldr     x1, [x1]
        cmp     x20, x1
        b.hs    1f
        AFFINITY x1, x20
        add     x3, x20, #1
        CALL    CPU_ON, , pass_on
        cbnz    x0, 2f
1:      ADDRESS x0, started
        bl      count_up
2:      b       turn_off
END_FUNCTION pass_on

// CPU_ON turns on a frozen CPU.
FUNCTION freeze
        str     x30, [sp, #-16]!
        OPTIONAL CPU_FREEZE, "CPU_FREEZE", 9f
        bl      clear
        ADDRESS x1, cpus
        ldr     x1, [x1, #8]
        CALL    CPU_ON, , freeze_there, 0
        mov     x0, #1
        mov     x1, #STATE_OFF
        bl      await_state
        EQUAL   STATE_OFF, "AFFINITY_INFO of a CPU that froze is OFF (DEN0022 5.7)"
        ADDRESS x1, cpus
        ldr     x1, [x1, #8]
        CALL    CPU_ON, , write_down, 7
        EQUAL   0, "CPU_ON of a CPU that froze is SUCCESS (DEN0022 5.17)"
        bl      await_others_off
        ADDRESS x0, contexts
        ldr     x0, [x0, #8]
        EQUAL   7, "a CPU that froze starts as any other (DEN0022 5.17)"
        ADDRESS x0, returned
        ldr     x0, [x0]
        EQUAL   0, "CPU_FREEZE does not return (DEN0022 5.17)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION freeze

FUNCTION freeze_there
        CALL    CPU_FREEZE
        ADDRESS x0, returned
        bl      count_up
        b       turn_off
END_FUNCTION freeze_there

// CPU 0 turns itself off; CPU 1 sees it and turns it on again. The callee-saved registers and SP are kept in memory.
FUNCTION take_over
        stp     x30, x19, [sp, #-16]!
        bl      clear
        ADDRESS x0, saved_sp
        mov     x1, sp
        str     x1, [x0]
        ADDRESS x1, cpus
        ldr     x1, [x1, #8]
        CALL    CPU_ON, , wake_first, 0
        CALL    CPU_OFF
        b       2f                              // it must not return
1:      ADDRESS x1, winner
        str     x0, [x1]
        ADDRESS x1, vectors
        msr     vbar_el1, x1
        ADDRESS x0, saved_sp
        ldr     x1, [x0]
        mov     sp, x1
        bl      await_others_off
        ADDRESS x0, winner
        ldr     x0, [x0]
        EQUAL   0x77, "the boot CPU is turned off and on as any other (DEN0022 5.5, 5.6)"
        ADDRESS x0, started
        ldr     x0, [x0]
        EQUAL   STATE_OFF, "AFFINITY_INFO of the boot CPU was OFF (DEN0022 5.7)"
        b       3f
2:      SKIP    "the boot CPU is turned off", "CPU_OFF returned"
3:      ldp     x30, x19, [sp], #16
        ret
        .global come_back
        .equ    come_back, 1b
END_FUNCTION take_over

FUNCTION wake_first
        ADDRESS x0, second_stack
        mov     sp, x0
        mov     x0, #0
        mov     x1, #STATE_OFF
        bl      await_state
        ADDRESS x1, started
        str     x0, [x1]
        ADDRESS x1, cpus
        ldr     x1, [x1]
        CALL    CPU_ON, , come_back, 0x77
        b       turn_off
END_FUNCTION wake_first

// All CPUs except the last call CPU_ON for the last at the same time: one succeeds, the others get that it is on, and it starts once.
FUNCTION race
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        mov     x20, #0                         // rounds in which not exactly one succeeded
        mov     x21, #0                         // answers that are not allowed in the race
        mov     x22, #0                         // rounds in which the last CPU did not start exactly once
        mov     x23, #0                         // rounds in which it did not have the winner's context
        mov     x24, #ROUNDS
1:      bl      clear
        mov     x19, #1
2:      AFFINITY x1, x19
        mov     x3, x19
        CALL    CPU_ON, , racer
        add     x19, x19, #1
        ADDRESS x0, cpu_count
        ldr     x25, [x0]
        sub     x25, x25, #1                    // the last one
        cmp     x19, x25
        b.lo    2b
        sub     x19, x25, #1
        ADDRESS x0, ready
        mov     x1, x19
        bl      await_word
        ADDRESS x0, go
        mov     x1, #1
        stlr    x1, [x0]
        AFFINITY x1, x25
        CALL    CPU_ON, , stay, 0
        ADDRESS x1, answers
        str     x0, [x1]
        ADDRESS x0, finished
        mov     x1, x19
        bl      await_word
        ADDRESS x0, started
        mov     x1, #1
        bl      await_word
        bl      release_all
        ADDRESS x0, started
        ldr     x0, [x0]
        cmp     x0, #1
        cinc    x22, x22, ne
        mov     x1, #0                          // who
        mov     x2, #0                          // how many succeeded
        mov     x3, #-1                         // the last of them
        ADDRESS x4, answers
3:      ldr     x0, [x4, x1, lsl #3]
        cbnz    x0, 4f
        add     x2, x2, #1
        mov     x3, x1
        b       5f
4:      cmn     x0, #4
        b.eq    5f
        cmn     x0, #5
        cinc    x21, x21, ne
5:      add     x1, x1, #1
        cmp     x1, x25
        b.lo    3b
        cmp     x2, #1
        cinc    x20, x20, ne
        ADDRESS x0, winner
        ldr     x0, [x0]
        cmp     x0, x3
        cinc    x23, x23, ne
        subs    x24, x24, #1
        b.ne    1b
        mov     x0, x20
        EQUAL   0, "of all that race for one CPU exactly one succeeds (DEN0022 5.6, 6.6)"
        mov     x0, x21
        EQUAL   0, "the others hear ALREADY_ON or ON_PENDING (DEN0022 5.6, 6.6)"
        mov     x0, x22
        EQUAL   0, "the CPU starts once (DEN0022 6.6)"
        mov     x0, x23
        EQUAL   0, "it starts with the winner's context_id (DEN0022 6.6)"
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION race

// x0: number
FUNCTION racer
        mov     x19, x0
        ADDRESS x0, ready
        bl      count_up
        ADDRESS x0, go
        mov     x1, #1
        bl      await_word
        ADDRESS x1, cpu_count
        ldr     x1, [x1]
        sub     x1, x1, #1
        AFFINITY x2, x1
        mov     x1, x2
        mov     x3, x19
        CALL    CPU_ON, , stay
        ADDRESS x1, answers
        str     x0, [x1, x19, lsl #3]
        ADDRESS x0, finished
        bl      count_up
        b       turn_off
END_FUNCTION racer

        .bss
        .balign 16
        .skip   256
second_stack:
saved_sp:
        .skip   8
shared:
contexts:
        .skip   8 * MAX_CPUS
affinities:
        .skip   8 * MAX_CPUS
levels: .skip   8 * MAX_CPUS
stacks: .skip   8 * MAX_CPUS
masks:  .skip   8 * MAX_CPUS
controls:
        .skip   8 * MAX_CPUS
starts: .skip   8 * MAX_CPUS
answers:
        .skip   8 * MAX_CPUS
winner: .skip   8
started:
        .skip   8
returned:
        .skip   8
release:
        .skip   8
ready:  .skip   8
go:     .skip   8
finished:
        .skip   8
shared_end:
