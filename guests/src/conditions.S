// Calls that pass and calls that fail their condition check, after each comparison of two numbers. Prints which calls were made:
// a call that was made returns the version of PSCI in r0; one that was not made leaves r0 unchanged.
//
// In A32 an SMC has a condition; in T32 an IT instruction gives it one.
        .file   "conditions.S"                  // otherwise the symbol table has a temporary name
        .syntax unified
#ifdef __thumb__
        .thumb
#endif
        .arch   armv7ve
        .arch_extension sec
        .arch_extension virt

        .macro  try condition, a, b, bit
        ldr     r0, =\a
        ldr     r1, =\b
        cmp     r0, r1
        mov     r0, #0x84000000                 // PSCI_VERSION
        it      \condition
        smc\condition #0
        cmp     r0, #0x84000000
        it      ne
        orrne   r4, r4, #1 << \bit
        .endm

        .macro  pair a, b
        mov     r4, #0
        try     eq, \a, \b, 0
        try     ne, \a, \b, 1
        try     cs, \a, \b, 2
        try     cc, \a, \b, 3
        try     mi, \a, \b, 4
        try     pl, \a, \b, 5
        try     vs, \a, \b, 6
        try     vc, \a, \b, 7
        try     hi, \a, \b, 8
        try     ls, \a, \b, 9
        try     ge, \a, \b, 10
        try     lt, \a, \b, 11
        try     gt, \a, \b, 12
        try     le, \a, \b, 13
        mov     r0, r4
        bl      report
        .endm

        .text
        .global try_all
        .type   try_all, %function
try_all:
        push    {r4, lr}
        pair    1, 1
        pair    1, 2
        pair    2, 1
        pair    0x80000000, 1
        b       1f
        .ltorg
1:      pair    1, 0x80000000
        pair    -1, 1
        pop     {r4, pc}
        .size   try_all, . - try_all
        .ltorg
