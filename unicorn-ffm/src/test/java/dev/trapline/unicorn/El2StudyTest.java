package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.El2Guest.Taken;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What the library's CPU can do at EL2, and what not: the facts of ADR 40. Expected values that agree with DDI0487
/// name no section; a difference says so.
@ParameterizedClass
@MethodSource("libraries")
class El2StudyTest {

    private static final int UNDEFINED = UnicornConstants.EXCP_UDEF;
    /// QEMU's number of a trapped SMC.
    private static final int EXCP_HYP_TRAP = 12;

    private static final int CPTR_EL2 = SystemRegister.of(3, 4, 1, 1, 2);
    private static final int MDCR_EL2 = SystemRegister.of(3, 4, 1, 1, 1);
    private static final int ID_AA64MMFR1 = SystemRegister.of(3, 0, 0, 7, 1);
    private static final int ICH_VTR_EL2 = SystemRegister.of(3, 4, 12, 11, 1);

    private static final long E2H = 1L << 34;
    private static final long TGE = 1 << 27;
    /// HCR_EL2.TWI and SCR_EL3.TWI.
    private static final long TRAP_WFI_EL2 = 1 << 13;

    private static final long TRAP_WFI_EL3 = 1 << 12;
    /// Supervisor mode of AArch32 in PSTATE.
    private static final long SUPERVISOR = 0x1d3;

    private static final long UNKNOWN_REASON = 0x200_0000;
    private static final long WFI = 0x7e0_0000;
    private static final long SMC_5 = 0x5e00_0005;
    private static final long HVC_5 = 0x5a00_0005;
    private static final long SVC_5 = 0x5600_0005;

    private final UnicornLibrary library;

    El2StudyTest(UnicornLibrary library) {
        this.library = library;
    }

    static List<UnicornLibrary> libraries() {
        return UnicornConstantsTest.libraries();
    }

    private El2Guest guest(long control) {
        return new El2Guest(library, control);
    }

    @Test
    void anExceptionReturnAfterAWriteOfPstateStartsTheCpuAtEl2() {
        try (El2Guest guest = guest(0)) {
            assertThat(guest.run("mrs x0, currentel; mov x1, sp; mov sp, x1; smc #5"))
                    .isEqualTo(new Taken(UnicornConstants.EXCP_SMC, 3, SMC_5));
            assertThat(guest.x(0)).as("CurrentEL").isEqualTo(8);
            assertThat(guest.level()).isEqualTo(2);
        }
    }

    @Test
    void anExceptionReturnFromEl2ReachesEl1() {
        try (El2Guest guest = guest(0)) {
            guest.runIn(El2Guest.EL1H, "mrs x0, currentel; hvc #5");
            assertThat(guest.x(0)).as("CurrentEL").isEqualTo(4);
        }
    }

    @Test
    void anHvcIsReportedForEl2FromEl1AndFromEl2AndNoHandlerIsEntered() {
        try (El2Guest guest = guest(0)) {
            guest.system(El2Guest.VBAR_EL2, El2Guest.BASE + 0x8000);
            assertThat(guest.run("hvc #5")).isEqualTo(new Taken(UnicornConstants.EXCP_HVC, 2, HVC_5));
            assertThat(guest.runIn(El2Guest.EL1H, "hvc #5")).isEqualTo(new Taken(UnicornConstants.EXCP_HVC, 2, HVC_5));
            assertThat(guest.pc()).as("the next instruction").isEqualTo(El2Guest.CODE + 4);
            assertThat(guest.level()).as("unchanged").isEqualTo(1);
            assertThat(guest.system(El2Guest.ESR_EL2)).as("unchanged").isZero();
        }
    }

    @Test
    void otherExceptionsOfEl2AreReportedForEl2() {
        try (El2Guest guest = guest(0)) {
            assertThat(guest.run("svc #5")).isEqualTo(new Taken(UnicornConstants.EXCP_SWI, 2, SVC_5));
            assertThat(guest.run(".inst 0")).isEqualTo(new Taken(UNDEFINED, 2, UNKNOWN_REASON));
        }
    }

    @Test
    void anSmcOfEl1IsReportedForEl3AndWithTscForEl2() {
        try (El2Guest guest = guest(0)) {
            assertThat(guest.runIn(El2Guest.EL1H, "smc #5")).isEqualTo(new Taken(UnicornConstants.EXCP_SMC, 3, SMC_5));
            assertThat(guest.pc()).as("the next instruction").isEqualTo(El2Guest.CODE + 4);
        }
        try (El2Guest guest = guest(1 << 19)) {
            assertThat(guest.runIn(El2Guest.EL1H, "smc #5")).isEqualTo(new Taken(EXCP_HYP_TRAP, 2, SMC_5));
            assertThat(guest.pc()).as("the SMC itself").isEqualTo(El2Guest.CODE);
        }
    }

    /// Bits of HCR_EL2, and instructions of EL1 that they trap.
    @ParameterizedTest
    @CsvSource({
        "13, wfi,                       0x07e00000",
        "17, 'mrs x3, ccsidr_el1',      0x62304061",
        "18, 'mrs x3, id_aa64pfr0_el1', 0x62300069",
        "21, 'mrs x0, actlr_el1',       0x62320401",
        "22, 'dc isw, x0',              0x62141c0c",
        "23, 'dc civac, x0',            0x6212dc1c",
        "24, 'ic ivau, x0',             0x6212dc0a",
        "25, tlbi vmalle1,              0x621023ee",
        "26, 'msr ttbr0_el1, x3',       0x62300860",
        "30, 'mrs x3, ttbr0_el1',       0x62300861"
    })
    void aTrappedInstructionOfEl1IsReportedForEl2WithItsSyndrome(int bit, String instruction, long syndrome) {
        try (El2Guest guest = guest(1L << bit)) {
            guest.x(0, El2Guest.CODE);
            assertThat(guest.runIn(El2Guest.EL1H, instruction)).isEqualTo(new Taken(UNDEFINED, 2, syndrome));
            assertThat(guest.pc()).as("the instruction itself").isEqualTo(El2Guest.CODE);
        }
    }

    @Test
    void trapsOfDebugRegistersTimersAndMonitorsAreReportedForEl2() {
        try (El2Guest guest = guest(0)) {
            guest.system(MDCR_EL2, 0xe00 | 1 << 6 | 1 << 8);
            assertThat(guest.runIn(El2Guest.EL1H, "mrs x0, mdscr_el1")).isEqualTo(new Taken(UNDEFINED, 2, 0x6224_0005));
            assertThat(guest.runIn(El2Guest.EL1H, "mrs x0, pmcr_el0")).isEqualTo(new Taken(UNDEFINED, 2, 0x6230_e419));
            assertThat(guest.runIn(El2Guest.EL1H, "brk #5"))
                    .isEqualTo(new Taken(UnicornConstants.EXCP_BKPT, 2, 0xf200_0005L));
            guest.system(SystemRegister.CNTHCTL_EL2, 0);
            assertThat(guest.runIn(El2Guest.EL1H, "mrs x0, cntpct_el0"))
                    .isEqualTo(new Taken(UNDEFINED, 2, 0x6232_f801));
        }
    }

    @Test
    void withTgeExceptionsOfEl0AreReportedForEl2AndNoReturnReachesEl1() {
        try (El2Guest guest = guest(TGE)) {
            guest.runIn(El2Guest.EL1H, "mrs x0, currentel; hvc #5");
            assertThat(guest.x(0)).as("CurrentEL").isEqualTo(8);
            assertThat(guest.runIn(El2Guest.EL0, "svc #5")).isEqualTo(new Taken(UnicornConstants.EXCP_SWI, 2, SVC_5));
        }
    }

    /// On hardware, FMOV is trapped to EL2. KVM changes the registers of its guest only then.
    @Test
    void aTrapOfFloatingPointByCptrHasNoEffect() {
        try (El2Guest guest = guest(0)) {
            guest.system(CPTR_EL2, 1 << 10);
            assertThat(guest.runIn(El2Guest.EL1H, "fmov d0, x0; hvc #5").number())
                    .isEqualTo(UnicornConstants.EXCP_HVC);
        }
    }

    /// The target level of the trap is in the translation flags, which each exception return computes again. Bits 3
    /// to 0 of the syndrome are for AArch32; ESR_EL2 does not get them.
    @Test
    void aTrapOfFloatingPointThatIsSetFromOutsideLastsUntilTheNextExceptionReturn() {
        try (El2Guest guest = guest(0)) {
            guest.runIn(El2Guest.EL1H, "hvc #5");
            guest.changeFlags(2 << 22);
            assertThat(guest.run("fmov d0, x0; hvc #5")).isEqualTo(new Taken(UNDEFINED, 2, 0x1fe0_000a));
            assertThat(guest.runIn(El2Guest.EL1H, "fmov d0, x0; hvc #5").number())
                    .isEqualTo(UnicornConstants.EXCP_HVC);
        }
    }

    @Test
    void aTrapOfWfeHasNoEffect() {
        try (El2Guest guest = guest(1 << 14)) {
            assertThat(guest.runIn(El2Guest.EL1H, "wfe; hvc #5").number()).isEqualTo(UnicornConstants.EXCP_HVC);
        }
    }

    /// HCR_EL2.TIDCP: on hardware, the trap to EL2 comes first.
    @Test
    void aTrapOfImplementationDefinedRegistersHasNoEffect() {
        try (El2Guest guest = guest(1 << 20)) {
            assertThat(guest.runIn(El2Guest.EL1H, "mrs x0, s3_1_c15_c3_1"))
                    .isEqualTo(new Taken(UNDEFINED, 1, UNKNOWN_REASON));
        }
    }

    @Test
    void aWfiOfEl2IsNotExactWithTheTrapOfEl2ButWithThatOfEl3() {
        try (El2Guest guest = guest(TRAP_WFI_EL2)) {
            assertThat(guest.run("wfi; smc #5")).as("the run ends").isEqualTo(Taken.NOTHING);
            guest.system(SystemRegister.SCR_EL3, El2Guest.SCR | TRAP_WFI_EL3);
            assertThat(guest.run("wfi; smc #5")).isEqualTo(new Taken(UNDEFINED, 3, WFI));
            assertThat(guest.runIn(El2Guest.EL1H, "wfi")).as("that of EL2").isEqualTo(new Taken(UNDEFINED, 2, WFI));
            guest.system(SystemRegister.HCR_EL2, El2Guest.RW);
            assertThat(guest.runIn(El2Guest.EL1H, "wfi")).as("that of EL3").isEqualTo(new Taken(UNDEFINED, 3, WFI));
            assertThat(guest.pc()).as("the WFI itself").isEqualTo(El2Guest.CODE);
        }
    }

    @Test
    void theOfferedModelsHaveNoVirtualizationHostExtensions() {
        for (int model : new int[] {
            UnicornConstants.UC_CPU_ARM64_A53, UnicornConstants.UC_CPU_ARM64_A57, UnicornConstants.UC_CPU_ARM64_A72
        }) {
            try (El2Guest guest = new El2Guest(library, model, E2H)) {
                assertThat(guest.system(SystemRegister.HCR_EL2)).as("E2H").isEqualTo(El2Guest.RW);
                assertThat(guest.system(ID_AA64MMFR1)).as("VH").isZero();
                assertThat(guest.run("mrs x0, s3_5_c1_c0_0"))
                        .as("SCTLR_EL12")
                        .isEqualTo(new Taken(UNDEFINED, 2, UNKNOWN_REASON));
            }
        }
    }

    /// Model 3 is `max`, which Trapline does not offer: a guest that uses SVE ends the process.
    @Test
    void onlyTheModelMaxHasThem() {
        try (El2Guest guest = new El2Guest(library, 3, E2H)) {
            assertThat(guest.system(SystemRegister.HCR_EL2)).isEqualTo(E2H | El2Guest.RW);
            assertThat(guest.system(ID_AA64MMFR1) >> 8 & 0xf).as("VH").isEqualTo(1);
        }
    }

    @Test
    void theIdentityForEl1IsNotThatOfEl2() {
        try (El2Guest guest = guest(0)) {
            guest.system(SystemRegister.VMPIDR_EL2, 0x8000_0003L);
            guest.system(SystemRegister.VPIDR_EL2, 0x1234);
            guest.run("mrs x0, mpidr_el1; mrs x1, midr_el1; smc #5");
            assertThat(guest.x(0)).as("MPIDR_EL1 of every instance").isEqualTo(0x8000_0000L);
            assertThat(guest.x(1)).isEqualTo(0x410f_d083L);
            guest.runIn(El2Guest.EL1H, "mrs x0, mpidr_el1; mrs x1, midr_el1; hvc #5");
            assertThat(guest.x(0)).isEqualTo(0x8000_0003L);
            assertThat(guest.x(1)).isEqualTo(0x1234);
        }
    }

    @Test
    void theInterfaceOfAGicv3ToVirtualInterruptsDoesNotExist() {
        try (El2Guest guest = guest(0)) {
            for (String register : List.of(
                    "s3_4_c12_c11_1", // ICH_VTR_EL2
                    "s3_4_c12_c11_0", // ICH_HCR_EL2
                    "s3_4_c12_c12_0", // ICH_LR0_EL2
                    "s3_4_c12_c9_5")) { // ICC_SRE_EL2
                assertThat(guest.run("mrs x0, " + register))
                        .as(register)
                        .isEqualTo(new Taken(UNDEFINED, 2, UNKNOWN_REASON));
            }
            assertThatThrownBy(() -> guest.system(ICH_VTR_EL2)).isInstanceOf(EngineException.class);
        }
    }

    @Test
    void theTimerOfEl2KeepsNothingAndTheOffsetOfVirtualTimeIsKept() {
        try (El2Guest guest = guest(0)) {
            guest.run("mov x0, #1; msr cnthp_ctl_el2, x0; msr cnthp_cval_el2, x0; msr cntvoff_el2, x0;"
                    + "mrs x1, cnthp_ctl_el2; mrs x2, cnthp_cval_el2; mrs x3, cntvoff_el2; smc #5");
            assertThat(guest.x(1)).as("CNTHP_CTL_EL2").isZero();
            assertThat(guest.x(2)).as("CNTHP_CVAL_EL2").isZero();
            assertThat(guest.x(3)).as("CNTVOFF_EL2").isEqualTo(1);
        }
    }

    /// The guest's code is MOV R0, #7 and HVC #5 or SVC #5.
    @Test
    void el1InAarch32StateRunsButItsRegistersAreNotShown() {
        try (El2Guest guest = guest(0)) {
            guest.system(SystemRegister.HCR_EL2, 0);
            assertThat(guest.runIn(SUPERVISOR, ".inst 0xe3a00007; .inst 0xe1400075"))
                    .isEqualTo(new Taken(UnicornConstants.EXCP_HVC, 2, 0x4a00_0005));
            assertThat(guest.x(0)).as("r0").isZero();
            assertThat(guest.pc()).as("neither of the two").isEqualTo(El2Guest.BASE);
        }
        try (El2Guest guest = guest(0)) {
            guest.system(SystemRegister.HCR_EL2, 0);
            assertThat(guest.runIn(SUPERVISOR, ".inst 0xe3a00007; .inst 0xef000005"))
                    .isEqualTo(new Taken(UnicornConstants.EXCP_SWI, 1, 0x4600_0005));
        }
    }

    @Test
    void theRegistersOfAarch32ForEl2Exist() {
        try (El2Guest guest = guest(0)) {
            assertThat(guest.run("msr s3_4_c3_c0_0, x0; msr s3_4_c5_c0_1, x0; msr s3_4_c5_c3_0, x0; mrs x1, spsr_abt;"
                            + "mrs x1, spsr_und; mrs x1, spsr_irq; mrs x1, spsr_fiq; smc #5"))
                    .as("DACR32_EL2, IFSR32_EL2, FPEXC32_EL2, SPSR_abt, SPSR_und, SPSR_irq, SPSR_fiq")
                    .isEqualTo(new Taken(UnicornConstants.EXCP_SMC, 3, SMC_5));
        }
    }
}
