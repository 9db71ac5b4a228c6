// PSCI (DEN0022 F.b): CPU_SUSPEND to standby and to power-down, woken by the virtual timer; statistics; SYSTEM_SUSPEND; the
// OS-initiated mode. There is no interrupt controller: the timer wakes a CPU when it asserts its interrupt.
#include "tap.inc"
        GUEST   "conform-psci-suspend.S"

// Original format, with the StateIDs that DEN0022 6.5 recommends.
        .equ    STANDBY, 0x00000001
        .equ    CORE_DOWN, 0x00010002
        .equ    CLUSTER_DOWN, 0x01010022
        .equ    SYSTEM_DOWN, 0x02010222
        .equ    MILLISECOND, 62500
        .equ    CONTEXT, 0x0123456789abcdef

FUNCTION main
        bl      tap_begin
        OPTIONAL STAT_COUNT, "what suspends (without PSCI_STAT_COUNT, a suspend may be a WFI that nothing ends)", 9f
        CALL    PSCI_FEATURES, CPU_SUSPEND
        mov     w19, w0
        tbz     w19, #1, 1f
        SKIP    "CPU_SUSPEND", "the extended format of power_state"
        b       9f
1:      bl      standby
        bl      power_down
        bl      narrow
        bl      at_once
        bl      default_suspend
        bl      statistics
        bl      last_one
        NEEDS_CPUS 2, "CPU_SUSPEND of another CPU", 2f
        bl      other
        bl      coordinated
2:      bl      system_suspend
        tbnz    w19, #0, 3f
        SKIP    "the OS-initiated mode", "optional and not there"
        b       9f
3:      bl      os_initiated
9:      b       tap_end
END_FUNCTION main

// Sets the timer to assert its interrupt x0 ticks from now; x0 is the time. Also changes x1. Needs no stack.
FUNCTION set_timer
        mrs     x1, cntvct_el0
        add     x0, x0, x1
        msr     cntv_cval_el0, x0
        mov     x1, #1
        msr     cntv_ctl_el0, x1
        isb
        ret
END_FUNCTION set_timer

FUNCTION stop_timer
        msr     cntv_ctl_el0, xzr
        isb
        ret
END_FUNCTION stop_timer

        .macro  TIMER milliseconds
        ldr     x0, =\milliseconds * MILLISECOND
        bl      set_timer
        .endm

// Makes the call in x0 to x3, which may not return: the CPU may resume at `resumed` instead, with x0 = context. Then all registers
// are restored from memory. x0: the result or the context; x1: 1 if the CPU resumed there, 0 if the call returned.
// Only for CPU 0: there is memory for one CPU.
FUNCTION suspended_call
        sub     sp, sp, #112
        stp     x29, x30, [sp]
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        ADDRESS x4, saved_sp
        mov     x5, sp
        str     x5, [x4]
        hvc     #0
        mov     x1, #0
        b       back
        .size   suspended_call, . - suspended_call
        .global resumed
        .type   resumed, %function
resumed:
        ADDRESS x4, saved_sp
        ldr     x5, [x4]
        mov     sp, x5
        ADDRESS x4, vectors
        msr     vbar_el1, x4
        mov     x4, #3 << 20
        msr     cpacr_el1, x4
        isb
        ADDRESS x4, resumed_with
        mrs     x5, daif
        str     x5, [x4]
        mrs     x5, currentel
        mrs     x6, spsel
        orr     x5, x5, x6
        str     x5, [x4, #8]
        mrs     x5, sctlr_el1
        ldr     x6, =0x1005                     // M, C and I
        and     x5, x5, x6
        str     x5, [x4, #16]
        mov     x1, #1
back:   mrs     x4, cntvct_el0
        ADDRESS x5, back_at
        str     x4, [x5]
        msr     cntv_ctl_el0, xzr
        isb
        ldp     x29, x30, [sp]
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        add     sp, sp, #112
        ret
END_FUNCTION resumed

// x0 = function(power_state, resumed, context), x1 = 1 if it resumed at the entry point
        .macro  SUSPEND function, state, context
        ldr     x0, =\function
        ldr     x1, =\state
        ADDRESS x2, resumed
        ldr     x3, =\context
        bl      suspended_call
        .endm

// The same, for functions whose first argument is the entry point.
        .macro  SUSPEND_TO function, context
        ldr     x0, =\function
        ADDRESS x1, resumed
        ldr     x2, =\context
        bl      suspended_call
        .endm

// A check: the CPU woke up at the timer's time, or later.
        .macro  IN_TIME text
        ADDRESS x0, back_at
        ldr     x0, [x0]
        mrs     x1, cntv_cval_el0
        cmp     x0, x1
        HOLDS   hs, "\text"
        .endm

FUNCTION standby
        stp     x30, x19, [sp, #-16]!
        TIMER   1
        ldr     x4, =0x4444444444444444
        ldr     x17, =0x1717171717171717
        ldr     x19, =0x1919191919191919
        CALL    CPU_SUSPEND, STANDBY, 0, 0
        ldr     x1, =0x4444444444444444
        cmp     x4, x1
        ldr     x1, =0x1717171717171717
        ccmp    x17, x1, #0, eq
        ldr     x1, =0x1919191919191919
        ccmp    x19, x1, #0, eq
        cset    x19, eq
        mrs     x1, cntvct_el0
        ADDRESS x2, back_at
        str     x1, [x2]
        EQUAL   0, "standby is SUCCESS, and its entry point does not count (DEN0022 5.4)"
        mov     x0, x19
        TEXT    x1, "standby keeps the registers (DEN0022 4.1, 5.4)"
        bl      tap_ok
        IN_TIME "standby lasts until the timer's interrupt (DEN0022 5.4)"
        bl      stop_timer
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION standby

FUNCTION power_down
        stp     x30, x19, [sp, #-16]!
        ADDRESS x0, sentinel
        ldr     x1, =CONTEXT
        str     x1, [x0]
        TIMER   1
        SUSPEND CPU_SUSPEND, CORE_DOWN, CONTEXT
        mov     x19, x1
        EQUAL   CONTEXT, "power-down resumes with its context_id in x0, all 64 bits (DEN0022 5.4, 6.4)"
        mov     x0, x19
        TEXT    x1, "power-down resumes at its entry point (DEN0022 5.4)"
        bl      tap_ok
        IN_TIME "power-down lasts until the timer's interrupt (DEN0022 5.4)"
        ADDRESS x0, resumed_with
        ldr     x0, [x0]
        EQUAL   0x3c0, "it resumes with D, A, I and F masked (DEN0022 6.4)"
        ADDRESS x0, resumed_with
        ldr     x0, [x0, #8]
        EQUAL   5, "it resumes at EL1 with SPSel 1 (DEN0022 6.4)"
        ADDRESS x0, resumed_with
        ldr     x0, [x0, #16]
        EQUAL   0, "it resumes with MMU and caches off (DEN0022 6.4)"
        ADDRESS x0, sentinel
        ldr     x0, [x0]
        EQUAL   CONTEXT, "memory keeps its content (DEN0022 5.4)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION power_down

FUNCTION narrow
        str     x30, [sp, #-16]!
        TIMER   1
        SUSPEND CPU_SUSPEND_32, CORE_DOWN, 0xdeadbeef87654321
        EQUAL   0x87654321, "a context_id of SMC32 has zeros above (DEN0022 6.4)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION narrow

// If an interrupt is already pending, the CPU does not wait: power-down returns SUCCESS, or resumes at its entry point.
FUNCTION at_once
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        CALL    STAT_COUNT, 0, STANDBY
        mov     x19, x0
        CALL    STAT_COUNT, 0, CORE_DOWN
        mov     x20, x0
        CALL    STAT_RESIDENCY, 0, CORE_DOWN
        mov     x21, x0
        TIMER   0
        CALL    CPU_SUSPEND, STANDBY, 0, 0
        EQUAL   0, "standby with an interrupt pending returns SUCCESS (DEN0022 5.4)"
        TIMER   0
        SUSPEND CPU_SUSPEND, CORE_DOWN, CONTEXT
        cmp     x1, #0
        b.ne    1f
        EQUAL   0, "power-down with an interrupt pending returns SUCCESS, or resumes (DEN0022 5.4)"
        bl      stop_timer
        CALL    STAT_COUNT, 0, STANDBY
        sub     x0, x0, x19
        EQUAL   0, "a standby that an interrupt kept from happening is not counted (DEN0022 5.22)"
        CALL    STAT_COUNT, 0, CORE_DOWN
        sub     x0, x0, x20
        EQUAL   0, "nor is such a power-down (DEN0022 5.22)"
        CALL    STAT_RESIDENCY, 0, CORE_DOWN
        sub     x0, x0, x21
        EQUAL   0, "and no time was spent in it (DEN0022 5.21)"
        b       2f
1:      EQUAL   CONTEXT, "power-down with an interrupt pending returns SUCCESS, or resumes (DEN0022 5.4)"
2:      ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION at_once

FUNCTION default_suspend
        str     x30, [sp, #-16]!
        OPTIONAL CPU_DEFAULT_SUSPEND, "CPU_DEFAULT_SUSPEND", 9f
        TIMER   1
        SUSPEND_TO CPU_DEFAULT_SUSPEND, CONTEXT
        EQUAL   CONTEXT, "CPU_DEFAULT_SUSPEND resumes with its context_id (DEN0022 5.18)"
        IN_TIME "CPU_DEFAULT_SUSPEND lasts until the timer's interrupt (DEN0022 5.18)"
        CALL    CPU_DEFAULT_SUSPEND, resumed + 1, 0
        EQUAL   INVALID_ADDRESS, "CPU_DEFAULT_SUSPEND with an odd entry point is INVALID_ADDRESS (DEN0022 5.18)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION default_suspend

// One suspend adds one to the count of its state, and nothing to others.
FUNCTION statistics
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        CALL    STAT_COUNT, 0, CORE_DOWN
        mov     x19, x0
        CALL    STAT_RESIDENCY, 0, CORE_DOWN
        mov     x20, x0
        CALL    STAT_COUNT, 0, STANDBY
        mov     x21, x0
        TIMER   2
        SUSPEND CPU_SUSPEND, CORE_DOWN, CONTEXT
        CALL    STAT_COUNT, 0, CORE_DOWN
        sub     x0, x0, x19
        EQUAL   1, "PSCI_STAT_COUNT goes up by one with a power-down (DEN0022 5.22)"
        CALL    STAT_RESIDENCY, 0, CORE_DOWN
        sub     x0, x0, x20
        sub     x0, x0, #1000                   // microseconds: 1000 to 3000
        cmp     x0, #2000
        HOLDS   ls, "PSCI_STAT_RESIDENCY goes up by 2 milliseconds, in microseconds (DEN0022 5.22)"
        CALL    STAT_COUNT, 0, STANDBY
        sub     x0, x0, x21
        EQUAL   0, "the count of another state stays (DEN0022 5.22)"
        TIMER   1
        CALL    CPU_SUSPEND, STANDBY, 0, 0
        bl      stop_timer
        CALL    STAT_COUNT, 0, STANDBY
        sub     x0, x0, x21
        EQUAL   1, "PSCI_STAT_COUNT goes up by one with a standby (DEN0022 5.22)"
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION statistics

// The last CPU also powers down its cluster and the system.
FUNCTION last_one
        str     x30, [sp, #-16]!
        TIMER   1
        SUSPEND CPU_SUSPEND, CLUSTER_DOWN, CONTEXT
        EQUAL   CONTEXT, "power-down of the cluster by its last CPU resumes (DEN0022 4.2, 5.4)"
        TIMER   1
        SUSPEND CPU_SUSPEND, SYSTEM_DOWN, CONTEXT
        EQUAL   CONTEXT, "power-down of the system by its last CPU resumes (DEN0022 4.2, 5.4)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION last_one

// CPU 1 powers down for 50 milliseconds, and CPU 0 queries its state.
FUNCTION other
        stp     x30, x19, [sp, #-32]!
        stp     x20, x21, [sp, #16]
        ADDRESS x0, woken
        str     xzr, [x0]
        ADDRESS x1, cpus
        ldr     x19, [x1, #8]
        mov     x1, x19
        CALL    CPU_ON, , sleep_there, 0
        mov     x20, #0
        CALL    PSCI_FEATURES, NODE_HW_STATE
        tbz     w0, #31, 1f
        SKIP    "NODE_HW_STATE of a CPU in power-down", "optional and not there"
        b       4f
1:      mrs     x21, cntvct_el0
        ldr     x0, =SECOND
        add     x21, x21, x0
2:      mov     x1, x19
        CALL    NODE_HW_STATE, , 0
        cmp     x0, #1
        b.eq    3f
        mrs     x1, cntvct_el0
        cmp     x1, x21
        b.lo    2b
3:      EQUAL   1, "NODE_HW_STATE of a CPU in power-down is HW_OFF (DEN0022 5.19)"
4:      mov     x1, x19
        CALL    AFFINITY_INFO, , 0
        EQUAL   STATE_ON, "AFFINITY_INFO of a CPU in power-down is ON (DEN0022 5.7)"
        mov     x1, x19
        CALL    CPU_ON, , sleep_there, 0
        EQUAL   ALREADY_ON, "CPU_ON of a CPU in power-down is ALREADY_ON (DEN0022 5.6)"
        OPTIONAL SYSTEM_SUSPEND, "SYSTEM_SUSPEND with another CPU in power-down", 5f
        CALL    SYSTEM_SUSPEND, resumed, 0
        EQUAL   DENIED, "SYSTEM_SUSPEND with another CPU in power-down is DENIED (DEN0022 5.20)"
5:      ADDRESS x0, woken
        mov     x1, #1
        bl      await_word
        EQUAL   1, "a CPU in power-down is woken by its own timer (DEN0022 5.4)"
        bl      await_others_off
        ADDRESS x0, woken_context
        ldr     x0, [x0]
        EQUAL   CONTEXT, "and resumes with its context_id (DEN0022 6.4)"
        ldp     x20, x21, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION other

FUNCTION sleep_there
        TIMER   50
        CALL    CPU_SUSPEND, CORE_DOWN, woken_there, CONTEXT
        b       turn_off
END_FUNCTION sleep_there

FUNCTION woken_there
        msr     cntv_ctl_el0, xzr
        isb
        ADDRESS x1, woken_context
        str     x0, [x1]
        ADDRESS x0, woken
        bl      count_up
        b       turn_off
END_FUNCTION woken_there

FUNCTION turn_off
        CALL    CPU_OFF
1:      wfi
        b       1b
END_FUNCTION turn_off

// Starts CPU 1 in a loop, which it leaves when it is released.
FUNCTION keep_other_running
        str     x30, [sp, #-16]!
        ADDRESS x0, release
        str     xzr, [x0]
        ADDRESS x0, running
        str     xzr, [x0]
        ADDRESS x1, cpus
        ldr     x1, [x1, #8]
        CALL    CPU_ON, , stay, 0
        ADDRESS x0, running
        mov     x1, #1
        bl      await_word
        ldr     x30, [sp], #16
        ret
END_FUNCTION keep_other_running

FUNCTION stay
        ADDRESS x0, running
        bl      count_up
1:      ADDRESS x0, release                     // for longer than the second that one wait lasts
        mov     x1, #1
        bl      await_word
        cbz     x0, 1b
        b       turn_off
END_FUNCTION stay

FUNCTION release_other
        str     x30, [sp, #-16]!
        ADDRESS x0, release
        mov     x1, #1
        stlr    x1, [x0]
        bl      await_others_off
        ldr     x30, [sp], #16
        ret
END_FUNCTION release_other

// In platform-coordinated mode, a CPU that requests a state of its cluster or the system gets what the others allow.
FUNCTION coordinated
        str     x30, [sp, #-16]!
        bl      keep_other_running
        TIMER   1
        SUSPEND CPU_SUSPEND, CLUSTER_DOWN, CONTEXT
        EQUAL   CONTEXT, "power-down of a cluster with another CPU running is one of the core (DEN0022 4.2)"
        TIMER   1
        SUSPEND CPU_SUSPEND, SYSTEM_DOWN, CONTEXT
        EQUAL   CONTEXT, "power-down of the system with another CPU running is one of the core (DEN0022 4.2)"
        bl      release_other
        ldr     x30, [sp], #16
        ret
END_FUNCTION coordinated

FUNCTION system_suspend
        stp     x30, x19, [sp, #-16]!
        OPTIONAL SYSTEM_SUSPEND, "SYSTEM_SUSPEND", 9f
        NEEDS_CPUS 2, "SYSTEM_SUSPEND with another CPU running is DENIED (DEN0022 5.20)", 1f
        bl      keep_other_running
        CALL    SYSTEM_SUSPEND, resumed, 0
        EQUAL   DENIED, "SYSTEM_SUSPEND with another CPU running is DENIED (DEN0022 5.20)"
        bl      release_other
1:      ADDRESS x0, sentinel
        ldr     x1, =0x5e5e5e5e5e5e5e5e
        str     x1, [x0]
        TIMER   5
        SUSPEND_TO SYSTEM_SUSPEND, CONTEXT
        mov     x19, x1
        EQUAL   CONTEXT, "SYSTEM_SUSPEND resumes with its context_id (DEN0022 5.20)"
        mov     x0, x19
        TEXT    x1, "SYSTEM_SUSPEND resumes at its entry point (DEN0022 5.20)"
        bl      tap_ok
        IN_TIME "SYSTEM_SUSPEND lasts until the timer's interrupt (DEN0022 5.20)"
        ADDRESS x0, sentinel
        ldr     x0, [x0]
        EQUAL   0x5e5e5e5e5e5e5e5e, "memory keeps its content (DEN0022 5.20)"
9:      ldp     x30, x19, [sp], #16
        ret
END_FUNCTION system_suspend

// The caller says that it is the last CPU of a cluster, and is refused if it is not.
FUNCTION os_initiated
        stp     x30, x19, [sp, #-16]!
        CALL    SET_SUSPEND_MODE, 1
        EQUAL32 0, "PSCI_SET_SUSPEND_MODE to OS-initiated is SUCCESS (DEN0022 5.21)"
        TIMER   1
        SUSPEND CPU_SUSPEND, CORE_DOWN, CONTEXT
        EQUAL   CONTEXT, "OS-initiated power-down of a core resumes (DEN0022 4.2)"
        TIMER   1
        SUSPEND CPU_SUSPEND, CLUSTER_DOWN, CONTEXT
        EQUAL   CONTEXT, "OS-initiated power-down of the cluster by its last CPU resumes (DEN0022 4.2)"
        NEEDS_CPUS 2, "OS-initiated power-down with another CPU running (DEN0022 4.2)", 2f
        ADDRESS x0, cpus
        ldr     x1, [x0, #8]
        ldr     x0, [x0]
        eor     x0, x0, x1
        lsr     x0, x0, #8                      // the affinity fields above the core
        mov     x19, x0
        bl      keep_other_running
        cbnz    x19, 1f
        CALL    CPU_SUSPEND, CLUSTER_DOWN, resumed, 0
        EQUAL   DENIED, "OS-initiated power-down of a cluster with a CPU running in it is DENIED (DEN0022 5.4)"
1:      CALL    CPU_SUSPEND, SYSTEM_DOWN, resumed, 0
        EQUAL   DENIED, "OS-initiated power-down of the system with a CPU running is DENIED (DEN0022 5.4)"
        TIMER   1
        SUSPEND CPU_SUSPEND, CORE_DOWN, CONTEXT
        EQUAL   CONTEXT, "OS-initiated power-down of a core is not (DEN0022 5.4)"
        CALL    SET_SUSPEND_MODE, 0
        EQUAL32 DENIED, "PSCI_SET_SUSPEND_MODE to platform-coordinated with another CPU on is DENIED (DEN0022 5.21)"
        bl      release_other
2:      CALL    SET_SUSPEND_MODE, 0
        EQUAL32 0, "PSCI_SET_SUSPEND_MODE to platform-coordinated with the others OFF is SUCCESS (DEN0022 5.21)"
        ldp     x30, x19, [sp], #16
        ret
END_FUNCTION os_initiated

        .bss
        .balign 8
saved_sp:
        .skip   8
resumed_with:
        .skip   24
back_at:
        .skip   8
sentinel:
        .skip   8
woken:  .skip   8
woken_context:
        .skip   8
running:
        .skip   8
release:
        .skip   8
