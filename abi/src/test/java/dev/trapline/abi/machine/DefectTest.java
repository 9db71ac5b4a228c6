package dev.trapline.abi.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.machine.Injection.BadDisk.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Defects of devices as values.
class DefectTest {

    private static final WrongBits BITS = new WrongBits(0x1, 0x20, 0x10);

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({
        "0x90,   0, 0xa1",
        "0x00,   0, 0x21",
        "0xff,   0, 0xee",
        "0x9000, 8, 0xa100",
        "0x0,   32, 0x2100000000",
    })
    void aWrongValueHasChangedSetAndClearedBitsAndNoOthers(String right, int shift, String wrong) {
        assertThat(BITS.of(Long.decode(right), shift)).isEqualTo(Long.decode(wrong));
    }

    @Test
    void wrongBitsAreToldInWords() {
        assertThat(BITS).hasToString("bits 0x1 changed, bits 0x20 set, bits 0x10 clear");
        assertThat(new WrongBits(0, 0, 0x8000_0000L)).hasToString("bits 0x80000000 clear");
    }

    @ParameterizedTest(name = "changed {0}, set {1}, cleared {2}")
    @CsvSource({
        "0, 0, 0,            the bits 0 to 31",
        "0x100000000, 0, 0,  the bits 0 to 31",
        "0, -1, 0,           the bits 0 to 31",
        "1, 1, 0,            wrong in two ways",
        "0, 6, 2,            wrong in two ways",
        "4, 0, 4,            wrong in two ways",
    })
    void bitsThatARegisterHasNotOrThatAreWrongInTwoWaysAreRefused(
            String flipped, String set, String cleared, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WrongBits(Long.decode(flipped), Long.decode(set), Long.decode(cleared)))
                .withMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1_000_000_001L, Long.MAX_VALUE - 1})
    void aCountThatIsNoneIsRefused(long count) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Injection.Misread(8, BITS, count));
        assertThatIllegalArgumentException().isThrownBy(() -> new Injection.BadDisk(0, Failure.READ_FAILS, count));
        assertThat(new Injection.Misread(8, BITS, Injection.Defect.EVERY_TIME).vcpu())
                .as("what no vCPU receives has the first one")
                .isEqualTo(VcpuId.BOOT);
    }

    @ParameterizedTest(name = "INTID {0}, {1} ticks")
    @CsvSource({"31, 1", "1020, 1", "33, 0", "33, -5", "33, 9223372036854775806"})
    void aLineWithoutASharedInterruptOrTimeIsRefused(int intid, long ticks) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Injection.StuckLine(intid, true, ticks));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 32})
    void aDiskThatNoBoardHasIsRefused(int disk) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Injection.BadDisk(disk, Failure.READ_FAILS, 1))
                .withMessageContaining("0 to 31, not " + disk);
    }

    @Test
    void aRunHasDefectsOnlyWithFaultsAndWhatItsPlanNeeds() {
        RunSpec plain = RunSpec.DEFAULT;
        assertThat(plain.withDefects().faults()).isTrue();
        assertThat(plain.withDefects().withFaults(true)).isEqualTo(plain.withDefects());
        assertThat(plain.withDefects().withFaults(false)).isEqualTo(plain);
        assertThatIllegalArgumentException().isThrownBy(() -> new RunSpec(0, true, 1, 1, false, true));
        FaultPlan held = plan(new MachineFault.Held(MachineFault.Targets.ALL, 1));
        FaultPlan defect = plan(new MachineFault.Defective(new Injection.StuckLine(33, true, 1)));
        assertThat(FaultPlan.NONE.allowedIn(plain)).isEqualTo(plain);
        assertThat(held.allowedIn(plain)).isEqualTo(plain.withFaults(true));
        assertThat(defect.allowedIn(plain)).isEqualTo(plain.withDefects());
        assertThat(FaultPlan.NONE.allowedIn(plain.withDefects()))
                .as("what was possible before stays possible")
                .isEqualTo(plain.withDefects());
        assertThat(held.allowedIn(plain.withDefects())).isEqualTo(plain.withDefects());
    }

    private static FaultPlan plan(MachineFault fault) {
        return FaultPlan.of(new FaultRule("it", Moments.once(new Moment.AtTime(0)), Occasion.ALWAYS, fault));
    }
}
