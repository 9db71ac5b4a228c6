// SDEI (DEN0054) on several CPUs: masks and handlers of CPUs that start and wake, private events, signals to others, routing.
// Checks that need events or interrupts from outside are skipped if there are none.
#include "sdei.inc"
        GUEST   "conform-sdei-cpus.S"

        .equ    CORE_DOWN, 0x00010002
        .equ    ARGUMENT, 1000                  // and the number of the CPU
        .equ    STACK_SHIFT, 9

FUNCTION main
        SDEI_BEGIN
        CALL    PE_UNMASK
        REGISTER handler, ARGUMENT, SOFTWARE
        CALL    EVENT_ENABLE, SOFTWARE
        bl      power_down
        NEEDS_CPUS 2, "several CPUs", 9f
        bl      start
        bl      signal
        bl      routing
        bl      restart
9:      b       tap_end
END_FUNCTION main

// Repeats until it was really powered down: an event from outside may already be pending.
FUNCTION power_down
        stp     x30, x19, [sp, #-16]!
        mov     x19, #20
1:      sub     x19, x19, #1
        bl      suspend
        cbnz    x0, 2f
        cbnz    x19, 1b
        SKIP    "wake-up from power-down", "CPU_SUSPEND returns"
        b       3f
2:      RETURNS 0, "after wake-up from power-down a CPU is masked (DEN0054 4.4)", PE_MASK
        RETURNS 3, "... and has its handlers (DEN0054 4.4)", EVENT_STATUS, SOFTWARE
3:      CALL    PE_UNMASK
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION power_down

// x0: 1 if the CPU lost its power.
FUNCTION suspend
        stp     x29, x30, [sp, #-96]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        ADDRESS x4, saved_sp
        mov     x5, sp
        str     x5, [x4]
        mrs     x0, cntvct_el0
        ldr     x1, =SECOND / 10000
        add     x0, x0, x1
        msr     cntv_cval_el0, x0
        mov     x0, #1
        msr     cntv_ctl_el0, x0
        isb
        CALL    CPU_SUSPEND, CORE_DOWN, woken, 1
        mov     x0, #0
        .global woken
woken:  ADDRESS x4, saved_sp                    // x0 = 1
        ldr     x5, [x4]
        mov     sp, x5
        ADDRESS x4, vectors
        msr     vbar_el1, x4
        mov     x4, #3 << 20
        msr     cpacr_el1, x4
        msr     cntv_ctl_el0, xzr
        isb
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp], #96
        ret
END_FUNCTION suspend

// Starts the others at x20.
FUNCTION start_all
        stp     x30, x19, [sp, #-16]!
        mov     x19, #1
1:      AFFINITY x1, x19
        mov     x2, x20
        mov     x3, x19
        CALL    CPU_ON
        add     x19, x19, #1
        WORD    x0, cpu_count
        cmp     x19, x0
        b.lo    1b
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION start_all

// Waits until a word is the number of the other CPUs.
        .macro  AWAIT_OTHERS symbol
        WORD    x1, cpu_count
        sub     x1, x1, #1
        ADDRESS x0, \symbol
        bl      await_word
        .endm

        .macro  LET_GO phase
        ADDRESS x0, go
        mov     x1, #\phase
        stlr    x1, [x0]
        .endm

// Waits until all other CPUs have ended their phase.
        .macro  NEXT phase
        CLEAR   arrived
        LET_GO  \phase
        AWAIT_OTHERS arrived
        .endm

FUNCTION start
        stp     x30, x20, [sp, #-16]!
        CLEAR   arrived
        ADDRESS x20, there
        bl      start_all
        AWAIT_OTHERS arrived
        WORD_EQUAL 0, unmasked_there, "after CPU_ON a CPU is masked: so many are not (DEN0054 4.4)"
        WORD_EQUAL 0, handlers_there, "handlers of private events are a CPU's own: so many have another's (DEN0054 4.1)"
        ADDRESS x0, cpus
        ldr     x2, [x0, #8]
        RETURNS INVALID_PARAMETERS, "SIGNAL to another CPU that is masked (DEN0054 5.1.16)", EVENT_SIGNAL, SOFTWARE
        NEXT    1
        ldp     x30, x20, [sp], #16
        ret
END_FUNCTION start

FUNCTION signal
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        mov     x19, #1
        mov     x20, #0                         // what was wrong
        ADDRESS x21, seen
1:      AFFINITY x2, x19
        CALL    EVENT_SIGNAL, SOFTWARE
        cmp     x0, #0
        cinc    x20, x20, ne
        add     x0, x21, x19, lsl #4
        mov     x1, #1
        bl      await_word
        cmp     x0, #1
        cinc    x20, x20, ne
        add     x0, x21, x19, lsl #4
        ldr     x0, [x0, #8]
        sub     x0, x0, #ARGUMENT
        cmp     x0, x19
        cinc    x20, x20, ne
        add     x19, x19, #1
        WORD    x0, cpu_count
        cmp     x19, x0
        b.lo    1b
        mov     x0, x20
        EQUAL   0, "SIGNAL has each CPU run its own handler with its own argument, once: what is wrong (DEN0054 5.1.16)"
        ldr     x0, [x21]
        EQUAL   0, "... and no other CPU"
        NEXT    2
        WORD_EQUAL 0, refused, "all CPUs can signal one: so many cannot (DEN0054 5.1.16)"
        ADDRESS x0, seen
        mov     x1, #1
        bl      await_word
        cmp     x0, #0
        HOLDS   ne, "... which then runs its handler (DEN0054 5.1.16)"
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION signal

FUNCTION routing
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        REGISTER shared_handler, 0, CRITICAL
        CALL    EVENT_ENABLE, CRITICAL
        AWAIT   shared_count, 3
        cbnz    x0, 1f
        SKIP    "routing of shared events", "no event comes from outside"
        b       9f
1:      WORD_EQUAL 0, overlaps, "one CPU at a time runs the handler of a shared event (DEN0054 4.2)"
        CALL    PE_MASK
        CLEAR   at_boot_cpu
        CLEAR   shared_count
        AWAIT   shared_count, 3
        WORD_EQUAL 0, at_boot_cpu, "with RM_ANY, a CPU that is masked does not take the event (DEN0054 4.2)"
        WORD    x0, shared_count
        cmp     x0, #0
        HOLDS   ne, "... and another one does (DEN0054 4.2)"
        CALL    PE_UNMASK
        CALL    EVENT_DISABLE, CRITICAL
        WORD    x19, cpu_count
        sub     x19, x19, #1
        mov     x20, #1000                      // its handler may still run
2:      AFFINITY x3, x19
        CALL    EVENT_ROUTING_SET, CRITICAL, RM_PE
        sub     x20, x20, #1
        cmp     x0, #DENIED
        ccmp    x20, #0, #4, eq
        b.ne    2b
        EQUAL   0, "ROUTING_SET to the last CPU (DEN0054 5.1.11)"
        CLEAR   shared_count
        CLEAR   at_last_cpu
        CALL    EVENT_ENABLE, CRITICAL
        AWAIT   shared_count, 3
        CALL    EVENT_DISABLE, CRITICAL
        WORD    x19, shared_count
        WORD    x20, at_last_cpu
        cmp     x19, #0
        HOLDS   ne, "with RM_PE, the event is delivered (DEN0054 4.2)"
        cmp     x19, x20
        HOLDS   eq, "... and always to that CPU (DEN0054 4.2)"
9:      ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION routing

// All others turn off, and start again.
FUNCTION restart
        stp     x30, x20, [sp, #-16]!
        LET_GO  3
        bl      await_others_off
        CLEAR   arrived
        ADDRESS x20, there_again
        bl      start_all
        AWAIT_OTHERS arrived
        WORD_EQUAL 0, unmasked_there, "after CPU_OFF and CPU_ON a CPU is masked again: so many are not (DEN0054 4.4)"
        WORD_EQUAL 0, handlers_there, "... and has no private handlers: so many have (DEN0054 4.4)"
        ldp     x30, x20, [sp], #16
        ret
END_FUNCTION restart

// The entry point of other CPUs; x0 is the number. Stores the state of SDEI there.
FUNCTION look_there
        CALL    PE_MASK
        ADDRESS x4, unmasked_there
        cbnz    x0, 1f
        CALL    EVENT_STATUS, SOFTWARE
        ADDRESS x4, handlers_there
        cbz     x0, 2f
1:      mov     x0, x4
        mov     x4, x30
        bl      count_up
        mov     x30, x4
2:      ret
END_FUNCTION look_there

        .macro  ARRIVE
        ADDRESS x0, arrived
        bl      count_up
        .endm

// Waits in a phase for the next one: a second is long enough for one wait, but not for all waits of CPU 0.
        .macro  AWAIT_PHASE phase
1:      AWAIT   go, \phase
        cmp     x0, #\phase
        b.lo    1b
        .endm

FUNCTION there
        mov     x19, x0
        ADDRESS x1, cpu_stacks
        add     x2, x0, #1
        add     x1, x1, x2, lsl #STACK_SHIFT
        mov     sp, x1
        bl      look_there
        ADDRESS x2, handler
        add     x3, x19, #ARGUMENT
        mov     x4, #RM_ANY
        mov     x5, #0
        CALL    EVENT_REGISTER, SOFTWARE
        CALL    EVENT_ENABLE, SOFTWARE
        ARRIVE
        AWAIT_PHASE 1
        CALL    PE_UNMASK
        ARRIVE
        AWAIT_PHASE 2
        WORD    x2, cpus
        CALL    EVENT_SIGNAL, SOFTWARE
        cbz     x0, 2f
        ADDRESS x0, refused
        bl      count_up
2:      ARRIVE
        AWAIT_PHASE 3
        b       turn_off
END_FUNCTION there

FUNCTION there_again
        bl      look_there
        ARRIVE
        b       turn_off
END_FUNCTION there_again

FUNCTION turn_off
        CALL    CPU_OFF
1:      wfi
        b       1b
END_FUNCTION turn_off

// The handler of event 0: stores the count on this CPU, and the argument.
FUNCTION handler
        mov     x4, x1
        ADDRESS x5, seen
        mov     x6, x30
        bl      my_number
        mov     x30, x6
        add     x5, x5, x0, lsl #4
        ldr     x0, [x5]
        add     x0, x0, #1
        stp     x0, x4, [x5]
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION handler

FUNCTION shared_handler
        ENTER_HANDLER
        ADDRESS x0, inside
        bl      count_up
        cmp     x0, #1
        b.eq    1f
        ADDRESS x0, overlaps
        bl      count_up
1:      ldr     x0, =SECOND / 20000
        bl      pause
        bl      my_number
        mov     x19, x0
        cbnz    x19, 2f
        ADDRESS x0, at_boot_cpu
        bl      count_up
2:      WORD    x1, cpu_count
        add     x0, x19, #1
        cmp     x0, x1
        b.ne    3f
        ADDRESS x0, at_last_cpu
        bl      count_up
3:      CLEAR   inside
        ADDRESS x0, shared_count
        bl      count_up
        LEAVE_HANDLER
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION shared_handler

        .bss
        .balign 16
cpu_stacks:
        .skip   (MAX_CPUS + 1) << STACK_SHIFT
seen:   .skip   16 * MAX_CPUS
saved_sp:
        .skip   8
go:     .skip   8
arrived:
        .skip   8
unmasked_there:
        .skip   8
handlers_there:
        .skip   8
refused:
        .skip   8
inside: .skip   8
overlaps:
        .skip   8
shared_count:
        .skip   8
at_boot_cpu:
        .skip   8
at_last_cpu:
        .skip   8
