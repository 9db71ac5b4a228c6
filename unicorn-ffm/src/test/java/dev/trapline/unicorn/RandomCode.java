package dev.trapline.unicorn;

import java.util.SplittableRandom;

/// Random A64 code that does difficult things: it stores into code (its own block, other blocks, other pages, bytes of
/// instructions, across pages), calls, branches, faults, waits, reads devices and the time, and with its MMU on
/// rewrites its page tables. It seldom does the maintenance that the architecture requires.
///
/// x0: data; x1: code; x2: device; x3: page tables; x4 to x15: anything; x16 to x18: addresses; x30: link.
final class RandomCode {

    /// The size in bytes of the code that is generated, branched to and written to.
    static final int CODE = 0x4000;

    private static final int ANY = 4;
    private static final int ANY_COUNT = 12;
    private static final int HVC = 0xd400_0002;
    private static final int WFI = 0xd503_207f;
    private static final int ISB = 0xd503_3fdf;
    private static final int RET = 0xd65f_03c0;
    private static final int BRK = 0xd420_0000;
    private static final int SVC = 0xd400_0001;
    private static final int TLBI_VMALLE1 = 0xd508_871f;
    private static final int TLBI_VMALLE1IS = 0xd508_831f;
    private static final int IC_IALLU = 0xd508_751f;

    private final SplittableRandom random;
    private final boolean mmu;
    private final boolean exceptions;
    private final int[] words = new int[CODE / 4];
    private int at;

    private RandomCode(SplittableRandom random, boolean mmu, boolean exceptions) {
        this.random = random;
        this.mmu = mmu;
        this.exceptions = exceptions;
    }

    /// @param exceptions whether it also masks and unmasks interrupts, and returns from exceptions
    static int[] make(SplittableRandom random, boolean mmu, boolean exceptions) {
        RandomCode code = new RandomCode(random, mmu, exceptions);
        while (code.at < code.words.length - 8) {
            code.next();
        }
        while (code.at < code.words.length) {
            code.put(RET);
        }
        return code.words;
    }

    private void put(int word) {
        words[at++] = word;
    }

    private int any() {
        return ANY + random.nextInt(ANY_COUNT);
    }

    private void next() {
        if (exceptions && random.nextInt(10) == 0) {
            exceptions();
            return;
        }
        int kind = random.nextInt(100);
        if (kind < 40) {
            arithmetic();
        } else if (kind < 58) {
            data();
        } else if (kind < 72) {
            branch();
        } else if (kind < 80) {
            storeIntoCode();
        } else if (kind < 84) {
            vector();
        } else if (kind < 88) {
            exclusive();
        } else if (kind < 97) {
            rare();
        } else if (mmu && !exceptions) {
            tables();
        }
    }

    private void arithmetic() {
        int d = any();
        int n = any();
        int m = any();
        put(
                switch (random.nextInt(6)) {
                    case 0 -> 0x8b00_0000 | m << 16 | n << 5 | d; // add
                    case 1 -> 0xcb00_0000 | m << 16 | n << 5 | d; // sub
                    case 2 -> 0xca00_0000 | m << 16 | n << 5 | d; // eor
                    case 3 -> 0x9b00_7c00 | m << 16 | n << 5 | d; // mul
                    case 4 -> 0xd280_0000 | random.nextInt(1 << 16) << 5 | d; // movz
                    default -> 0xeb00_0000 | m << 16 | n << 5 | d; // subs
                });
    }

    /// `and x16, xN, #mask; add x16, x16, base`: an address within the 16 KiB at a base.
    private void address(int base, boolean aligned) {
        // Bits 2 to 13 and 0 to 13 as logical immediates: N 1, immr 62 or 0, imms 11 or 13.
        put(0x9240_0000 | (aligned ? 62 << 16 | 11 << 10 : 13 << 10) | any() << 5 | 16);
        put(0x8b00_0210 | base << 16);
    }

    private void data() {
        address(random.nextInt(8) == 0 ? 1 : 0, random.nextInt(3) != 0);
        int t = any();
        switch (random.nextInt(6)) {
            case 0 -> put(0xf940_0200 | t); // ldr
            case 1 -> put(0xf900_0200 | t); // str
            case 2 -> put(0x3900_0200 | t); // strb
            case 3 -> put(0xa900_0200 | any() << 10 | t); // stp
            case 4 -> put(0xa940_0200 | (t + 1) << 10 | t); // ldp
            default -> put(0xb800_8600 | t); // str w, [x16], #8
        }
        if (random.nextBoolean()) {
            put(0xf940_0200 | any());
        }
    }

    private void branch() {
        int ahead = random.nextInt(-40, 60);
        int target = Math.clamp(at + ahead, 0, words.length - 1) - at;
        int way = random.nextInt(7);
        if (way == 6) {
            address(1, true);
            put((random.nextBoolean() ? 0xd61f_0000 : 0xd63f_0000) | 16 << 5); // br, blr
            return;
        }
        put(
                switch (way) {
                    case 0 -> 0x1400_0000 | (target & 0x3ff_ffff); // b
                    case 1 -> 0x9400_0000 | (target & 0x3ff_ffff); // bl
                    case 2 -> 0xb400_0000 | (target & 0x7_ffff) << 5 | any(); // cbz
                    case 3 -> 0x3600_0000 | (random.nextInt(32) << 19) | ((target & 0x3fff) << 5) | any(); // tbz
                    case 4 -> RET;
                    default -> 0x5400_0000 | (target & 0x7_ffff) << 5 | random.nextInt(14); // b.cond
                });
    }

    /// Writes an instruction from another address, or garbage, to a near address or anywhere.
    private void storeIntoCode() {
        int value = any();
        put(0x1800_0000 | (random.nextInt(-60, 60) & 0x7_ffff) << 5 | value); // ldr w, literal
        if (random.nextBoolean()) {
            put(0x1000_0000 | (random.nextInt(-64, 64) & 0x7_ffff) << 5 | 16); // adr x16, near
        } else {
            address(1, random.nextInt(4) != 0);
        }
        put(
                switch (random.nextInt(8)) {
                    case 0 -> 0x3900_0200 | value; // strb
                    case 1 -> 0x7900_0200 | value; // strh
                    case 2 -> 0xf900_0200 | value; // str x
                    default -> 0xb900_0200 | value; // str w
                });
        if (random.nextInt(4) == 0) {
            put(ISB);
        }
        if (random.nextInt(12) == 0) {
            put(0xd50b_7520 | 16); // ic ivau, x16
        }
    }

    private void vector() {
        address(random.nextInt(6) == 0 ? 1 : 0, false);
        put(
                switch (random.nextInt(4)) {
                    case 0 -> 0x3d80_0200 | random.nextInt(32); // str q
                    case 1 -> 0x3dc0_0200 | random.nextInt(32); // ldr q
                    case 2 ->
                        0x1e60_2800 | random.nextInt(32) << 16 | random.nextInt(32) << 5 | random.nextInt(32); // fadd
                    default -> 0xd50b_7420 | 16; // dc zva, x16
                });
    }

    private void exclusive() {
        address(random.nextInt(6) == 0 ? 1 : 0, random.nextInt(8) != 0);
        put(0x885f_7e00 | any()); // ldxr
        if (random.nextBoolean()) {
            arithmetic();
        }
        put(0x8800_7e00 | 17 << 16 | any()); // stxr w17
    }

    private void rare() {
        int t = any();
        switch (random.nextInt(32)) {
            case 0, 1 -> put(HVC | random.nextInt(1 << 16) << 5);
            case 2 -> put(HVC | 1);
            case 3 -> put(WFI);
            case 4 -> put(SVC);
            case 5 -> put(BRK);
            case 6 -> put(0);
            case 7, 8, 9 -> put(0xd53b_e040 | t); // mrs cntvct_el0
            case 10 -> put(0xb940_0040 | t); // ldr w, [x2]
            case 11 -> put(0xb900_0040 | t); // str w, [x2]
            case 12 -> put(0xf940_0040 | t); // ldr x, [x2]
            case 13 -> put(random.nextInt(8) == 0 ? 0xf900_0000 | t << 5 | any() : ISB); // str to anywhere
            case 14 -> put(random.nextInt(8) == 0 ? 0xf940_0000 | t << 5 | any() : ISB); // ldr from anywhere
            case 15 -> put(0xd61f_0000 | t << 5); // br anywhere
            case 16 -> put(0xd50b_7520 | t); // ic ivau
            case 17 -> put(IC_IALLU);
            case 18 -> put(random.nextBoolean() ? TLBI_VMALLE1 : TLBI_VMALLE1IS);
            case 19 -> put(0xd503_205f); // wfe
            case 20 -> put(0xd503_203f); // yield
            case 21 -> put(0xd51b_4200 | t); // msr nzcv
            case 22 -> put(0xd51b_e320 | t); // msr cntv_ctl_el0
            case 23 -> put(0xd538_1000 | t); // mrs sctlr_el1
            case 24 -> {
                put(0xd290_0000 | 17); // movz x17, #0x8000: memory that cannot be written
                put(0xb900_0220 | t); // str w, [x17]
            }
            case 25 -> put(0xb820_0210 | t << 16 | any()); // ldadd w, [x16]
            case 26, 27, 28, 29 -> time(t);
            default -> put(ISB);
        }
    }

    private void exceptions() {
        int t = any();
        switch (random.nextInt(16)) {
            case 0, 1 -> put(0xd503_40ff | random.nextInt(16) << 8); // msr daifclr
            case 2, 3 -> put(0xd503_40df | random.nextInt(16) << 8); // msr daifset
            case 4 -> put(0xd51b_4220 | t); // msr daif
            case 5, 6, 7 -> put(0xd69f_03e0); // eret
            case 8 -> put(0xd500_40bf | random.nextInt(2) << 8); // msr spsel
            case 9 -> {
                put(0xd280_0000 | (random.nextInt(3) == 0 ? 0 : 5) << 5 | 17); // movz x17: EL0t or EL1h, nothing masked
                put(0xd518_4000 | 17); // msr spsr_el1
            }
            case 10 -> {
                put(0x1000_0000 | (random.nextInt(-64, 64) & 0x7_ffff) << 5 | 16); // adr x16, near
                put(0xd518_4020 | 16); // msr elr_el1, x16
            }
            case 11 -> put(0xd538_5200 | t); // mrs esr_el1
            case 12 -> put(0xd538_6000 | t); // mrs far_el1
            case 13 -> put(0xb900_0040 | t); // str w, [x2]: the lines of the CPUs change
            case 14 -> put(0xb940_4040 | t); // ldr w, [x2, #0x40]
            default -> {
                put(0xd280_0020 | 17); // movz x17, #1
                put(0xd51b_e320 | 17); // msr cntv_ctl_el0
            }
        }
    }

    /// Reads timers or the cycle counter, or writes registers whose value depends on the current time.
    private void time(int t) {
        put(
                switch (random.nextInt(10)) {
                    case 0 -> 0xd53b_e020 | t; // mrs cntpct_el0
                    case 1 -> 0xd53b_e300 | t; // mrs cntv_tval_el0
                    case 2 -> 0xd53b_e320 | t; // mrs cntv_ctl_el0
                    case 3 -> 0xd53b_e240 | t; // mrs cntp_cval_el0
                    case 4 -> 0xd53b_9d00 | t; // mrs pmccntr_el0
                    case 5 -> 0xd51b_e300 | t; // msr cntv_tval_el0
                    case 6 -> 0xd51b_e200 | t; // msr cntp_tval_el0
                    case 7 -> 0xd51b_9c00 | t; // msr pmcr_el0
                    case 8 -> 0xd51b_9c20 | t; // msr pmcntenset_el0
                    default -> 0xd51b_9d00 | t; // msr pmccntr_el0
                });
    }

    /// Exchanges the mappings of two pages of code or data, sometimes with maintenance.
    private void tables() {
        put(0x9240_0000 | 61 << 16 | 4 << 10 | any() << 5 | 16); // and x16, xN, #0xf8
        put(0x8b00_0210 | 3 << 16); // add x16, x16, x3
        int other = random.nextInt(32);
        put(0xf940_0000 | other << 10 | 3 << 5 | 17); // ldr x17, [x3, other]
        put(0xf940_0200 | 18); // ldr x18, [x16]
        put(0xf900_0200 | 17); // str x17, [x16]
        put(0xf900_0000 | other << 10 | 3 << 5 | 18); // str x18, [x3, other]
        if (random.nextBoolean()) {
            put(random.nextBoolean() ? TLBI_VMALLE1 : TLBI_VMALLE1IS);
            put(ISB);
        }
    }
}
