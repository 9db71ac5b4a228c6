# A filter before Trapline's hooks on MRS, MSR and SYS, on x86-64 under the System V ABI. The library calls it for each such instruction
# with the instance, a general register, a description of the system register, and the address of Trapline's function. It calls that
# function for registers of which it is not known that they do not matter, because the call takes much longer than the instruction.
#
# The data are in the page after the code, and the table of registers in the pages after that.

        .set    TABLE, 0                # pointer to a byte for each register, which is not 0 if it does not matter

# The description, in words of 32 bits:
        .set    CRN, 0
        .set    CRM, 4
        .set    OP0, 8
        .set    OP1, 12
        .set    OP2, 16

        .text
start:  endbr64
        mov     OP0(%rdx), %eax
        shl     $3, %eax
        add     OP1(%rdx), %eax
        shl     $4, %eax
        add     CRN(%rdx), %eax
        shl     $4, %eax
        add     CRM(%rdx), %eax
        shl     $3, %eax
        add     OP2(%rdx), %eax
        and     $0xffff, %eax
        add     data+TABLE(%rip), %rax
        cmpb    $0, (%rax)
        je      1f
        xor     %eax, %eax              # the library executes the instruction
        ret
1:      jmp     *%rcx

        .org    start + 4096
data:   .skip   8
