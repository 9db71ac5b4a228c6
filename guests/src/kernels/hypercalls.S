// Calls of PSCI_VERSION and almost nothing else.
        .file   "hypercalls.S"                  // otherwise the symbol table has a temporary name

// uint64_t hypercalls(uint64_t rounds): always 0, because the version is the firmware's. No call may change x19.
        .text
        .global hypercalls
        .type   hypercalls, %function
hypercalls:
        str     x19, [sp, #-16]!
        mov     x19, x0
1:      mov     w0, #0x84000000
        hvc     #0
        subs    x19, x19, #1
        b.ne    1b
        mov     x0, #0
        ldr     x19, [sp], #16
        ret
        .size   hypercalls, . - hypercalls
