// PSCI (DEN0022 F.b) on one CPU: the version, PSCI_FEATURES of all identifiers, and invalid arguments.
#include "tap.inc"
        GUEST   "conform-psci-basic.S"

FUNCTION main
        bl      tap_begin
        bl      version
        bl      features
        bl      unknown_functions
        bl      affinity
        bl      cpu_on
        bl      suspend
        bl      migrate
        bl      node_hw_state
        bl      statistics
        bl      suspend_mode
        bl      system_suspend
        bl      reset2
        bl      off2
        bl      mem_protect
        bl      check_range
        b       tap_end
END_FUNCTION main

FUNCTION version
        str     x30, [sp, #-16]!
        CALL    PSCI_VERSION
        ADDRESS x1, psci_version
        str     w0, [x1]
        sub     w0, w0, #0x10000
        cmp     w0, #3
        HOLDS   ls, "PSCI_VERSION is 1.0 to 1.3 (DEN0022 5.3)"
        ldr     x0, =0xdeadbeef84000000
        hvc     #0
        ADDRESS x1, psci_version
        ldr     w1, [x1]
        cmp     w0, w1
        HOLDS   eq, "a function identifier is w0, whatever the upper half of x0 (DEN0028 2.5)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION version

// Every identifier: mandatory functions exist, optional ones may exist, all others do not.
FUNCTION features
        stp     x30, x19, [sp, #-32]!
        str     x20, [sp, #16]
        ADDRESS x19, feature_table
1:      ldr     w1, [x19]
        cbz     w1, 9f
        ldrb    w20, [x19, #4]                  // 0 mandatory, 1 optional, 2 none, 3 suspend flags, 4 types of SYSTEM_OFF2
        CALL    PSCI_FEATURES
        sxtw    x0, w0
        add     x2, x19, #5
        cmp     w20, #1
        b.eq    2f
        cmp     w20, #4
        b.eq    4f
        cmp     w20, #3
        b.eq    3f
        mov     x1, #0
        cmp     w20, #2
        csinv   x1, x1, xzr, ne
        bl      tap_equal
        b       8f
2:      cmn     x0, #1
        b.eq    7f
        mov     x1, #0
        bl      tap_equal
        b       8f
3:      tst     x0, #~3
        cset    x0, eq
        mov     x1, x2
        bl      tap_ok
        b       8f
4:      cmn     x0, #1
        b.eq    7f
        mov     x1, #1
        bl      tap_equal
        b       8f
7:      mov     x0, x2
        TEXT    x1, "optional and not there"
        bl      tap_skip
8:      add     x19, x19, #5
5:      ldrb    w0, [x19], #1
        cbnz    w0, 5b
        add     x19, x19, #3
        and     x19, x19, #~3
        b       1b
9:      ldr     x20, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION features

        .macro  FEATURE kind, function, name
        .balign 4
        .word   \function
        .byte   \kind
        .asciz  "PSCI_FEATURES of \name (DEN0022 5.16)"
        .endm

        .section .rodata
        .balign 4
feature_table:
        FEATURE 0, 0x84000000, "PSCI_VERSION"
        FEATURE 3, 0x84000001, "CPU_SUSPEND, SMC32: bits 1 and 0 alone"
        FEATURE 3, 0xc4000001, "CPU_SUSPEND, SMC64: bits 1 and 0 alone"
        FEATURE 0, 0x84000002, "CPU_OFF"
        FEATURE 0, 0x84000003, "CPU_ON, SMC32"
        FEATURE 0, 0xc4000003, "CPU_ON, SMC64"
        FEATURE 0, 0x84000004, "AFFINITY_INFO, SMC32"
        FEATURE 0, 0xc4000004, "AFFINITY_INFO, SMC64"
        FEATURE 1, 0x84000006, "MIGRATE_INFO_TYPE"
        FEATURE 0, 0x84000008, "SYSTEM_OFF"
        FEATURE 0, 0x84000009, "SYSTEM_RESET"
        FEATURE 0, 0x8400000a, "PSCI_FEATURES"
        FEATURE 1, 0x8400000b, "CPU_FREEZE"
        FEATURE 1, 0x8400000c, "CPU_DEFAULT_SUSPEND, SMC32"
        FEATURE 1, 0xc400000c, "CPU_DEFAULT_SUSPEND, SMC64"
        FEATURE 1, 0x8400000d, "NODE_HW_STATE, SMC32"
        FEATURE 1, 0xc400000d, "NODE_HW_STATE, SMC64"
        FEATURE 1, 0x8400000e, "SYSTEM_SUSPEND, SMC32"
        FEATURE 1, 0xc400000e, "SYSTEM_SUSPEND, SMC64"
        FEATURE 1, 0x8400000f, "PSCI_SET_SUSPEND_MODE"
        FEATURE 1, 0x84000010, "PSCI_STAT_RESIDENCY, SMC32"
        FEATURE 1, 0xc4000010, "PSCI_STAT_RESIDENCY, SMC64"
        FEATURE 1, 0x84000011, "PSCI_STAT_COUNT, SMC32"
        FEATURE 1, 0xc4000011, "PSCI_STAT_COUNT, SMC64"
        FEATURE 1, 0x84000012, "SYSTEM_RESET2, SMC32"
        FEATURE 1, 0xc4000012, "SYSTEM_RESET2, SMC64"
        FEATURE 1, 0x84000013, "MEM_PROTECT"
        FEATURE 1, 0x84000014, "MEM_PROTECT_CHECK_RANGE, SMC32"
        FEATURE 1, 0xc4000014, "MEM_PROTECT_CHECK_RANGE, SMC64"
        FEATURE 4, 0x84000015, "SYSTEM_OFF2, SMC32: the types"
        FEATURE 4, 0xc4000015, "SYSTEM_OFF2, SMC64: the types"
        FEATURE 1, 0x80000000, "SMCCC_VERSION"
        FEATURE 2, 0xc4000000, "PSCI_VERSION in SMC64, which there is not"
        FEATURE 2, 0xc4000002, "CPU_OFF in SMC64, which there is not"
        FEATURE 2, 0xc4000006, "MIGRATE_INFO_TYPE in SMC64, which there is not"
        FEATURE 2, 0xc4000008, "SYSTEM_OFF in SMC64, which there is not"
        FEATURE 2, 0xc4000009, "SYSTEM_RESET in SMC64, which there is not"
        FEATURE 2, 0xc400000a, "PSCI_FEATURES in SMC64, which there is not"
        FEATURE 2, 0xc400000b, "CPU_FREEZE in SMC64, which there is not"
        FEATURE 2, 0xc400000f, "PSCI_SET_SUSPEND_MODE in SMC64, which there is not"
        FEATURE 2, 0xc4000013, "MEM_PROTECT in SMC64, which there is not"
        FEATURE 2, 0x84000016, "the function after the last"
        FEATURE 2, 0x8400001f, "the last number of the range"
        FEATURE 2, 0xc400a011, "a number beyond the range"
        FEATURE 2, 0x04000000, "a yielding call"
        .balign 4
        .word   0
        .text

FUNCTION unknown_functions
        str     x30, [sp, #-16]!
        CALL    0x8400001f
        EQUAL32 NOT_SUPPORTED, "an unknown function of SMC32 is NOT_SUPPORTED (DEN0022 5.2.2)"
        CALL    0xc400001f
        EQUAL   NOT_SUPPORTED, "an unknown function of SMC64 is NOT_SUPPORTED in 64 bits (DEN0022 5.2.2)"
        CALL    0xc4000000
        EQUAL   NOT_SUPPORTED, "PSCI_VERSION has no SMC64 form (DEN0022 5.1)"
        CALL    0xc400000a, PSCI_VERSION
        EQUAL   NOT_SUPPORTED, "PSCI_FEATURES has no SMC64 form (DEN0022 5.1)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION unknown_functions

FUNCTION affinity
        stp     x30, x19, [sp, #-32]!
        str     x20, [sp, #16]
        ADDRESS x1, cpus
        ldr     x1, [x1]
        CALL    AFFINITY_INFO, , 0
        EQUAL   STATE_ON, "AFFINITY_INFO of the caller is ON (DEN0022 5.7)"
        ADDRESS x1, cpus
        ldr     x1, [x1]
        CALL    AFFINITY_INFO_32, , 0
        EQUAL32 STATE_ON, "AFFINITY_INFO in SMC32 is the same (DEN0022 5.7)"
        CALL    AFFINITY_INFO_32, 0xdeadbeef00000000, 0
        EQUAL32 STATE_ON, "an argument of SMC32 is a w register (DEN0028 3.1)"
        CALL    AFFINITY_INFO, 0xffffffffffffffff, 0
        EQUAL   INVALID_PARAMETERS, "AFFINITY_INFO of all ones is INVALID_PARAMETERS (DEN0022 5.7)"
        CALL    AFFINITY_INFO, 0x00ffffff, 0
        EQUAL   INVALID_PARAMETERS, "AFFINITY_INFO of a CPU that there is not is INVALID_PARAMETERS (DEN0022 5.7)"
        mrs     x1, mpidr_el1                   // with its RES1 bit, which is not an affinity field
        CALL    AFFINITY_INFO, , 0
        EQUAL   INVALID_PARAMETERS, "AFFINITY_INFO of MPIDR with bit 31 is INVALID_PARAMETERS (DEN0022 5.1.5)"
        ADDRESS x1, cpus
        ldr     x1, [x1]
        CALL    AFFINITY_INFO, , 3              // of a machine whose tree ends at level 2
        EQUAL   INVALID_PARAMETERS, "AFFINITY_INFO of level 3 is INVALID_PARAMETERS (DEN0022 5.7)"
        ADDRESS x1, cpus
        ldr     x1, [x1]
        CALL    AFFINITY_INFO, , 4
        EQUAL   INVALID_PARAMETERS, "AFFINITY_INFO of level 4 is INVALID_PARAMETERS (DEN0022 5.7)"
        CALL    AFFINITY_INFO, 0xe1, 1          // affinity fields below the level are ignored
        cmp     x0, #STATE_ON
        b.eq    1f
        cmn     x0, #2
1:      HOLDS   eq, "AFFINITY_INFO of level 1 is ON, or INVALID_PARAMETERS (DEN0022 5.7)"
        NEEDS_CPUS 2, "AFFINITY_INFO of the others is OFF (DEN0022 5.7)", 9f
        mov     x19, #1
        mov     x20, #0
2:      AFFINITY x1, x19
        CALL    AFFINITY_INFO, , 0
        cmp     x0, #STATE_OFF
        cinc    x20, x20, ne
        add     x19, x19, #1
        ADDRESS x0, cpu_count
        ldr     x0, [x0]
        cmp     x19, x0
        b.lo    2b
        mov     x0, x20
        EQUAL   0, "AFFINITY_INFO of the others is OFF (DEN0022 5.7)"
9:      ldr     x20, [sp, #16]
        ldp     x30, x19, [sp], #32
        ret
END_FUNCTION affinity

FUNCTION cpu_on
        stp     x30, x19, [sp, #-16]!
        ADDRESS x1, cpus
        ldr     x1, [x1]
        CALL    CPU_ON, , never, 0
        EQUAL   ALREADY_ON, "CPU_ON of the caller is ALREADY_ON (DEN0022 5.6)"
        CALL    CPU_ON_32, 0, never, 0
        EQUAL32 ALREADY_ON, "CPU_ON in SMC32 is the same (DEN0022 5.6)"
        CALL    CPU_ON, 0xffffffff, never, 0
        EQUAL   INVALID_PARAMETERS, "CPU_ON of 0xffffffff is INVALID_PARAMETERS (DEN0022 5.6)"
        CALL    CPU_ON, 0x00ffffff, never, 0
        EQUAL   INVALID_PARAMETERS, "CPU_ON of a CPU that there is not is INVALID_PARAMETERS (DEN0022 5.6)"
        CALL    CPU_ON, 0x01000000, never, 0    // bits 31:24 must be zero
        EQUAL   INVALID_PARAMETERS, "CPU_ON with a reserved bit of target_cpu is INVALID_PARAMETERS (DEN0022 5.1.4)"
        CALL    CPU_ON, 0x00ffffff, 1, 0
        EQUAL   INVALID_PARAMETERS, "CPU_ON looks at target_cpu before the entry point (DEN0022 5.6)"
        NEEDS_CPUS 2, "CPU_ON with an odd entry point is INVALID_ADDRESS (DEN0022 5.6)", 9f
        mov     x19, #1
        AFFINITY x1, x19
        CALL    CPU_ON, , never + 1, 0
        EQUAL   INVALID_ADDRESS, "CPU_ON with an odd entry point is INVALID_ADDRESS (DEN0022 5.6)"
        AFFINITY x1, x19
        CALL    AFFINITY_INFO, , 0
        EQUAL   STATE_OFF, "a CPU whose CPU_ON failed is OFF (DEN0022 5.7)"
9:      ldp     x30, x19, [sp], #16
        ret
END_FUNCTION cpu_on

// An entry point that is never executed.
FUNCTION never
        CALL    CPU_OFF
1:      wfi
        b       1b
END_FUNCTION never

// Calls that are refused before a CPU is suspended. Without statistics, a suspend may only be a WFI from which nothing wakes
// the CPU.
FUNCTION suspend
        str     x30, [sp, #-16]!
        OPTIONAL STAT_COUNT, "CPU_SUSPEND with wrong arguments", 9f
        CALL    PSCI_FEATURES, CPU_SUSPEND
        tbnz    w0, #1, 8f
        CALL    CPU_SUSPEND, 0x80000001, never, 0
        EQUAL   INVALID_PARAMETERS, "CPU_SUSPEND with bit 31 of power_state is INVALID_PARAMETERS (DEN0022 5.4.2)"
        CALL    CPU_SUSPEND, 0x00020001, never, 0
        EQUAL   INVALID_PARAMETERS, "CPU_SUSPEND with bit 17 of power_state is INVALID_PARAMETERS (DEN0022 5.4.2)"
        CALL    CPU_SUSPEND, 0x03010002, never, 0
        EQUAL   INVALID_PARAMETERS, "CPU_SUSPEND of power level 3 is INVALID_PARAMETERS (DEN0022 5.4)"
        CALL    CPU_SUSPEND, 0x0000bad1, never, 0
        EQUAL   INVALID_PARAMETERS, "CPU_SUSPEND of a state that there is not is INVALID_PARAMETERS (DEN0022 5.4)"
        CALL    CPU_SUSPEND, 0x00010002, never + 1, 0
        EQUAL   INVALID_ADDRESS, "CPU_SUSPEND to power-down with an odd entry point is INVALID_ADDRESS (DEN0022 5.4)"
        CALL    CPU_SUSPEND, 0x00010002, 0xfffffffffffff000, 0
        EQUAL   INVALID_ADDRESS, "CPU_SUSPEND to power-down with an entry point nowhere is INVALID_ADDRESS (DEN0022 5.4)"
        b       9f
8:      SKIP    "CPU_SUSPEND with wrong arguments", "the extended format of power_state"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION suspend

FUNCTION migrate
        str     x30, [sp, #-16]!
        CALL    MIGRATE_INFO_TYPE
        sxtw    x0, w0
        cmn     x0, #1
        b.eq    1f
        cmp     x0, #2
1:      HOLDS   eq, "MIGRATE_INFO_TYPE is 2, or NOT_SUPPORTED (DEN0022 5.9)"
        CALL    MIGRATE, 0
        EQUAL   NOT_SUPPORTED, "MIGRATE without a Trusted OS is NOT_SUPPORTED (DEN0022 5.8)"
        ldr     x30, [sp], #16
        ret
END_FUNCTION migrate

FUNCTION node_hw_state
        str     x30, [sp, #-16]!
        OPTIONAL NODE_HW_STATE, "NODE_HW_STATE", 9f
        CALL    NODE_HW_STATE, 0, 0
        EQUAL   0, "NODE_HW_STATE of the caller is HW_ON (DEN0022 5.19)"
        CALL    NODE_HW_STATE, 0xffffffff, 0
        EQUAL   INVALID_PARAMETERS, "NODE_HW_STATE of a CPU that there is not is INVALID_PARAMETERS (DEN0022 5.19)"
        CALL    NODE_HW_STATE, 0, 0xff
        EQUAL   INVALID_PARAMETERS, "NODE_HW_STATE of a level that there is not is INVALID_PARAMETERS (DEN0022 5.19)"
        NEEDS_CPUS 2, "NODE_HW_STATE of another CPU is HW_OFF (DEN0022 5.19)", 9f
        ADDRESS x1, cpus
        ldr     x1, [x1, #8]
        CALL    NODE_HW_STATE, , 0
        EQUAL   1, "NODE_HW_STATE of another CPU is HW_OFF (DEN0022 5.19)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION node_hw_state

FUNCTION statistics
        str     x30, [sp, #-16]!
        OPTIONAL STAT_COUNT, "PSCI_STAT_COUNT", 9f
        CALL    STAT_COUNT, 0xffffffff, 0x10002
        EQUAL   0, "PSCI_STAT_COUNT of a CPU that there is not is 0 (DEN0022 5.22)"
        CALL    STAT_COUNT, 0, 0x80000000
        EQUAL   0, "PSCI_STAT_COUNT of a state that there is not is 0 (DEN0022 5.22)"
        CALL    STAT_COUNT, 0, 0x10002
        EQUAL   0, "PSCI_STAT_COUNT is 0 before the first power-down (DEN0022 5.22)"
        CALL    STAT_RESIDENCY, 0, 0x10002
        EQUAL   0, "PSCI_STAT_RESIDENCY is 0 before the first power-down (DEN0022 5.22)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION statistics

FUNCTION suspend_mode
        str     x30, [sp, #-16]!
        OPTIONAL SET_SUSPEND_MODE, "PSCI_SET_SUSPEND_MODE", 9f
        CALL    SET_SUSPEND_MODE, 0
        EQUAL32 0, "PSCI_SET_SUSPEND_MODE to the mode that there is, is SUCCESS (DEN0022 5.21)"
        CALL    SET_SUSPEND_MODE, 2
        EQUAL32 INVALID_PARAMETERS, "PSCI_SET_SUSPEND_MODE to mode 2 is INVALID_PARAMETERS (DEN0022 5.21)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION suspend_mode

FUNCTION system_suspend
        str     x30, [sp, #-16]!
        OPTIONAL SYSTEM_SUSPEND, "SYSTEM_SUSPEND with a wrong entry point", 9f
        CALL    SYSTEM_SUSPEND, never + 1, 0
        EQUAL   INVALID_ADDRESS, "SYSTEM_SUSPEND with an odd entry point is INVALID_ADDRESS (DEN0022 5.20)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION system_suspend

FUNCTION reset2
        str     x30, [sp, #-16]!
        OPTIONAL SYSTEM_RESET2, "SYSTEM_RESET2", 9f
        CALL    SYSTEM_RESET2, 1, 0
        EQUAL   INVALID_PARAMETERS, "SYSTEM_RESET2 of an unknown architectural type is INVALID_PARAMETERS (DEN0022 5.13)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION reset2

FUNCTION off2
        str     x30, [sp, #-16]!
        OPTIONAL SYSTEM_OFF2, "SYSTEM_OFF2", 9f
        CALL    SYSTEM_OFF2, 2, 0
        EQUAL   INVALID_PARAMETERS, "SYSTEM_OFF2 of an unknown type is INVALID_PARAMETERS (DEN0022 5.11)"
        CALL    SYSTEM_OFF2, 1, 1
        EQUAL   INVALID_PARAMETERS, "SYSTEM_OFF2 with a cookie is INVALID_PARAMETERS (DEN0022 5.11)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION off2

FUNCTION mem_protect
        str     x30, [sp, #-16]!
        OPTIONAL MEM_PROTECT, "MEM_PROTECT", 9f
        CALL    MEM_PROTECT, 1
        EQUAL32 0, "MEM_PROTECT says that it was off (DEN0022 5.14)"
        CALL    MEM_PROTECT, 0
        EQUAL32 1, "MEM_PROTECT says that it was on (DEN0022 5.14)"
        CALL    MEM_PROTECT, 0
        EQUAL32 0, "MEM_PROTECT says that it was off again (DEN0022 5.14)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION mem_protect

FUNCTION check_range
        str     x30, [sp, #-16]!
        OPTIONAL MEM_PROTECT_CHECK_RANGE, "MEM_PROTECT_CHECK_RANGE", 9f
        CALL    MEM_PROTECT_CHECK_RANGE, 0x40000000, 1
        EQUAL   0, "MEM_PROTECT_CHECK_RANGE of a byte of RAM is SUCCESS (DEN0022 5.15)"
        CALL    MEM_PROTECT_CHECK_RANGE, 0x40000000, 0x100000
        EQUAL   0, "MEM_PROTECT_CHECK_RANGE of a mebibyte of RAM is SUCCESS (DEN0022 5.15)"
        CALL    MEM_PROTECT_CHECK_RANGE, 0x40000000, 0
        EQUAL   DENIED, "MEM_PROTECT_CHECK_RANGE of nothing is DENIED (DEN0022 5.15)"
        CALL    MEM_PROTECT_CHECK_RANGE, 0xffffffffffffffff, 1
        EQUAL   DENIED, "MEM_PROTECT_CHECK_RANGE of the last byte of all is DENIED (DEN0022 5.15)"
        CALL    MEM_PROTECT_CHECK_RANGE, 1, 0xffffffffffffffff
        EQUAL   DENIED, "MEM_PROTECT_CHECK_RANGE that wraps around is DENIED (DEN0022 5.15)"
        CALL    MEM_PROTECT_CHECK_RANGE, 0x3fffffff, 2
        EQUAL   DENIED, "MEM_PROTECT_CHECK_RANGE that begins before RAM is DENIED (DEN0022 5.15)"
9:      ldr     x30, [sp], #16
        ret
END_FUNCTION check_range

        .bss
        .balign 4
psci_version:
        .skip   4
