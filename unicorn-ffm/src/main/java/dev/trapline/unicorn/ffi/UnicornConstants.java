package dev.trapline.unicorn.ffi;

/// Numbers of Unicorn's C interface, version 2, by their C names. A test checks them against the library's behaviour.
public final class UnicornConstants {

    public static final int UC_ARCH_ARM = 1;
    public static final int UC_ARCH_ARM64 = 2;
    /// Little-endian, A32 or A64.
    public static final int UC_MODE_ARM = 0;

    public static final int UC_CPU_ARM64_A57 = 0;
    public static final int UC_CPU_ARM64_A53 = 1;
    public static final int UC_CPU_ARM64_A72 = 2;
    public static final int UC_CPU_ARM_CORTEX_A7 = 14;
    public static final int UC_CPU_ARM_CORTEX_A15 = 17;

    public static final int UC_PROT_READ = 1;
    public static final int UC_PROT_WRITE = 2;
    public static final int UC_PROT_EXEC = 4;

    public static final int UC_HOOK_INTR = 1;
    public static final int UC_HOOK_INSN = 2;
    public static final int UC_HOOK_CODE = 4;
    public static final int UC_HOOK_BLOCK = 8;
    public static final int UC_HOOK_EDGE_GENERATED = 1 << 15;

    /// Loads and stores of mapped memory and of devices.
    public static final int UC_HOOK_MEM_READ = 1 << 10;

    public static final int UC_HOOK_MEM_WRITE = 1 << 11;

    /// The kind of access that a hook on stores gets.
    public static final int UC_MEM_WRITE = 17;
    /// Every access without a mapping, and every access that a mapping's protection refuses.
    public static final int UC_HOOK_MEM_INVALID = 0x3f0;

    /// Arguments of [#UC_HOOK_INSN] on AArch64.
    public static final int UC_ARM64_INS_MRS = 1;

    public static final int UC_ARM64_INS_MSR = 2;
    public static final int UC_ARM64_INS_SYS = 3;

    /// Kinds of access that are passed to a [#UC_HOOK_MEM_INVALID] hook.
    public static final int UC_MEM_READ_UNMAPPED = 19;

    public static final int UC_MEM_WRITE_UNMAPPED = 20;
    public static final int UC_MEM_FETCH_UNMAPPED = 21;
    public static final int UC_MEM_WRITE_PROT = 22;
    public static final int UC_MEM_READ_PROT = 23;
    public static final int UC_MEM_FETCH_PROT = 24;

    public static final int UC_ERR_OK = 0;
    public static final int UC_ERR_READ_UNMAPPED = 6;
    public static final int UC_ERR_FETCH_PROT = 14;
    public static final int UC_ERR_INSN_INVALID = 10;

    /// `uc_ctl` numbers as `UC_CTL_WRITE(type, arguments)` packs them: direction, argument count, type.
    public static final int UC_CTL_WRITE_USE_EXITS = (1 << 30) | (1 << 26) | 4;

    public static final int UC_CTL_WRITE_CPU_MODEL = (1 << 30) | (1 << 26) | 7;
    public static final int UC_CTL_TB_REQUEST_CACHE = (3 << 30) | (2 << 26) | 8;
    public static final int UC_CTL_WRITE_TB_REMOVE_CACHE = (1 << 30) | (2 << 26) | 9;

    public static final int UC_ARM64_REG_X29 = 1;
    public static final int UC_ARM64_REG_X30 = 2;
    public static final int UC_ARM64_REG_SP = 4;
    public static final int UC_ARM64_REG_X0 = 199;
    public static final int UC_ARM64_REG_V0 = 228;
    public static final int UC_ARM64_REG_PC = 260;
    public static final int UC_ARM64_REG_PSTATE = 265;
    public static final int UC_ARM64_REG_CP_REG = 290;
    public static final int UC_ARM64_REG_FPCR = 291;
    public static final int UC_ARM64_REG_FPSR = 292;

    public static final int UC_ARM_REG_CPSR = 3;
    public static final int UC_ARM_REG_FPEXC = 4;
    public static final int UC_ARM_REG_FPSCR = 6;
    public static final int UC_ARM_REG_LR = 10;
    public static final int UC_ARM_REG_PC = 11;
    public static final int UC_ARM_REG_SP = 12;
    public static final int UC_ARM_REG_SPSR = 13;
    public static final int UC_ARM_REG_D0 = 14;
    public static final int UC_ARM_REG_R0 = 66;
    public static final int UC_ARM_REG_CP_REG = 139;

    /// QEMU's exception numbers, which are passed to a [#UC_HOOK_INTR] hook.
    public static final int EXCP_UDEF = 1;

    public static final int EXCP_SWI = 2;
    public static final int EXCP_PREFETCH_ABORT = 3;
    public static final int EXCP_DATA_ABORT = 4;
    public static final int EXCP_BKPT = 7;
    public static final int EXCP_HVC = 11;
    public static final int EXCP_SMC = 13;

    private UnicornConstants() {}

    /// The register number of x`n`, 0 to 30.
    public static int x(int n) {
        return n < 29 ? UC_ARM64_REG_X0 + n : UC_ARM64_REG_X29 + n - 29;
    }
}
