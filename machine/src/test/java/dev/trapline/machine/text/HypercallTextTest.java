package dev.trapline.machine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Effect.RouteInterrupt.Receiver;
import dev.trapline.abi.firmware.Effect.SystemOff;
import dev.trapline.abi.firmware.Effect.SystemReset;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Injection.BadDisk.Failure;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Calls in words, as a trace shows them: names from the service that describes the function, else numbers.
class HypercallTextTest {

    private static final VcpuId CPU1 = new VcpuId(1);

    /// CPU_ON of PSCI in both conventions (DEN0022 §5.1.4).
    private static final int CPU_ON32 = 0x8400_0003;

    private static final int CPU_ON64 = 0xc400_0003;
    private static final int UNKNOWN = 0xc600_0001;
    private static final List<String> PARAMETERS = List.of("target_cpu", "entry_point_address");
    private static final List<ResultName> RESULTS =
            List.of(new ResultName(0, "SUCCESS"), new ResultName(-4, "ALREADY_ON"));

    private final HypercallText text = new HypercallText(List.of(new ServiceDescriptor(
            "psci",
            "1",
            List.of(),
            List.of(
                    new Function(new FunctionId(CPU_ON32), "CPU_ON", PARAMETERS, RESULTS),
                    new Function(new FunctionId(CPU_ON64), "CPU_ON", PARAMETERS, RESULTS)),
            List.of())));

    private static HypercallExit call(int function, int immediate) {
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = function;
        for (int n = 1; n < 8; n++) {
            registers[n] = 0x1_0000_0000L + n;
        }
        return new HypercallExit(
                Conduit.HVC, immediate, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers));
    }

    @Test
    void aCallIsOneLineWithItsArgumentsItsResultItsDecisionAndItsEffects() {
        Answer answer = new Answer(
                new Decision.Forwarded("psci"),
                RegisterWrites.x0(0),
                List.of(new Effect.PowerOn(CPU1, 0x4008_0040, 0, 0), new Effect.Wake(CPU1)));
        assertThat(text.line(VcpuId.BOOT, call(CPU_ON64, 0), answer))
                .isEqualTo("vcpu0 HVC CPU_ON(target_cpu=0x100000001, entry_point_address=0x100000002) = SUCCESS"
                        + " [psci, forwarded] vcpu1 on at 0x40080040 vcpu1 interrupted");
    }

    @Test
    void anArgumentOfAnSmc32CallIsItsLow32Bits() {
        assertThat(text.arguments(call(CPU_ON32, 0)))
                .as("DEN0028 §3.1: the call has w0 to w7")
                .containsExactly("target_cpu=0x1", "entry_point_address=0x2");
    }

    @Test
    void aFunctionThatNoServiceDescribesIsItsIdentifierWithThreeRegisters() {
        HypercallExit unknown = call(UNKNOWN, 0);
        assertThat(text.name(unknown)).isEqualTo("0xC6000001");
        assertThat(text.function(unknown)).as("it has no name").isNull();
        assertThat(text.arguments(unknown)).containsExactly("x1=0x100000001", "x2=0x100000002", "x3=0x100000003");
    }

    @Test
    void aCallWithAnotherImmediateIsNoSmcccCallAndHasNoNameOfOne() {
        HypercallExit other = call(CPU_ON64, 0x2a);
        assertThat(text.function(other))
                .as("DEN0028 §2.9: SMCCC calls have #imm 0")
                .isNull();
        assertThat(text.line(CPU1, other, new Answer(new Decision.Resident("semi"), RegisterWrites.NONE, List.of())))
                .isEqualTo("vcpu1 HVC #0x2a 0xC4000003(x1=0x100000001, x2=0x100000002, x3=0x100000003) = ?"
                        + " [semi, resident]");
    }

    @Test
    void theSveHintIsInTheNameThatIsShownAndNotInThatOfTheService() {
        HypercallExit hinted = call(CPU_ON64 | 1 << 16, 0);
        assertThat(text.name(hinted)).isEqualTo("CPU_ON+SVE_HINT");
        assertThat(text.function(hinted))
                .as("DEN0028 §2.5: the hint is no part of the identifier")
                .isEqualTo("CPU_ON");
        assertThat(text.function(call(CPU_ON64, 0))).isEqualTo("CPU_ON");
    }

    /// DEN0028 §3.1: an SMC32 call returns w0, an SMC64 call x0.
    @ParameterizedTest
    @CsvSource({
        "0xc4000003, 0, SUCCESS",
        "0xc4000003, -4, ALREADY_ON",
        "0xc4000003, 0xfffffffc, 0xfffffffc",
        "0xc4000003, 0x100000000, 0x100000000",
        "0x84000003, 0xfffffffc, ALREADY_ON",
        "0x84000003, -4, ALREADY_ON",
        "0x84000003, 0x100000000, SUCCESS",
        "0x84000003, 5, 0x5",
        "0xc6000001, 0, 0x0",
        "0xc6000001, -1, NOT_SUPPORTED",
        "0xc4000003, -1, NOT_SUPPORTED"
    })
    void aResultHasItsNameInTheWidthOfTheCall(String function, String x0, String expected) {
        assertThat(text.result(call(Long.decode(function).intValue(), 0), RegisterWrites.x0(Long.decode(x0))))
                .isEqualTo(expected);
    }

    @Test
    void aResultOfOtherRegistersIsEachOfThem() {
        HypercallExit unknown = call(UNKNOWN, 0);
        assertThat(text.result(unknown, RegisterWrites.fromX0(1, 2)))
                .as("x0 and x1")
                .isEqualTo("x0=0x1 x1=0x2");
        assertThat(text.result(unknown, RegisterWrites.NONE.and(2, 0x7f)))
                .as("x0 keeps its value")
                .isEqualTo("x2=0x7f");
        assertThat(text.result(unknown, RegisterWrites.NONE))
                .as("nothing is returned")
                .isEqualTo("?");
    }

    private static Arguments row(Effect effect, @Nullable VcpuId target, String words) {
        return Arguments.of(effect, target, words);
    }

    private static Effect on(DataOrder order) {
        return new Effect.PowerOn(CPU1, 0x40, 0, 0, order);
    }

    private static Effect route(Receiver receiver) {
        return new Effect.RouteInterrupt(CPU1, 27, receiver);
    }

    static Stream<Arguments> eachEffect() {
        VcpuId nobody = null;
        ResetRequest typed = new ResetRequest.Typed(0, 0x12);
        ResetRequest vendor = new ResetRequest.Typed(0x8000_0001, 0);
        return Stream.of(
                row(on(DataOrder.LITTLE), CPU1, "vcpu1 on at 0x40"),
                row(on(DataOrder.BIG), CPU1, "vcpu1 on at 0x40, big-endian"),
                row(on(DataOrder.BIG_NOW), CPU1, "vcpu1 on at 0x40, big-endian until an exception"),
                row(on(DataOrder.BIG_ON_EXCEPTION), CPU1, "vcpu1 on at 0x40, big-endian on an exception"),
                row(new Effect.PowerOff(CPU1), CPU1, "vcpu1 off"),
                row(new Effect.Standby(CPU1), CPU1, "vcpu1 in standby"),
                row(new Effect.PowerDown(CPU1, 0x50, 1), CPU1, "vcpu1 powered down, resumes at 0x50"),
                row(
                        new Effect.PowerDown(CPU1, 0x50, 1, DataOrder.BIG),
                        CPU1,
                        "vcpu1 powered down, resumes at 0x50, big-endian"),
                row(new Effect.StayAwake(CPU1), CPU1, "vcpu1 not suspended: an interrupt was pending"),
                row(new Effect.Wake(CPU1), CPU1, "vcpu1 interrupted"),
                row(new Effect.DeliverEvent(CPU1, 0x60, 42, 7), CPU1, "event 42 delivered to vcpu1 at 0x60"),
                row(new Effect.CompleteEvent(CPU1), CPU1, "vcpu1 back from its handler"),
                row(
                        new Effect.CompleteEventAndResume(CPU1, 0x70),
                        CPU1,
                        "vcpu1 back from its handler, resumes at 0x70"),
                row(new Effect.ShareStolenTime(CPU1, 0x80), CPU1, "stolen time of vcpu1 at 0x80"),
                row(route(Receiver.GUEST), CPU1, "interrupt 27 of vcpu1 goes to the guest"),
                row(route(Receiver.NOBODY), CPU1, "interrupt 27 of vcpu1 is held"),
                row(route(Receiver.FIRMWARE), CPU1, "interrupt 27 of vcpu1 goes to firmware"),
                row(new Effect.WriteMemory(0x90, Bytes.copyOf(new byte[3])), nobody, "3 bytes written at 0x90"),
                row(new SystemOff(SystemOff.Off.POWER_OFF), nobody, "system off"),
                row(new SystemOff(SystemOff.Off.HIBERNATE), nobody, "system off to hibernate"),
                row(new SystemReset(SystemReset.Reset.COLD), nobody, "system reset"),
                row(new SystemReset(SystemReset.Reset.WARM), nobody, "warm reset"),
                row(
                        new SystemReset(SystemReset.Reset.WARM, typed),
                        nobody,
                        "warm reset (SYSTEM_RESET2 type 0x0, cookie 0x12)"),
                row(
                        new SystemReset(SystemReset.Reset.COLD, vendor),
                        nobody,
                        "vendor-defined system reset (SYSTEM_RESET2 type 0x80000001, cookie 0x0)"),
                row(new Effect.DrawEntropy(8), nobody, "8 bytes of entropy asked for"),
                row(new Effect.ExitRun(3), nobody, "exit 3"));
    }

    @ParameterizedTest
    @MethodSource("eachEffect")
    void anEffectIsAPhraseAndHasItsTarget(Effect effect, @Nullable VcpuId target, String words) {
        assertThat(HypercallText.effect(effect)).isEqualTo(words);
        assertThat(HypercallText.target(effect).orElse(null)).as("its vCPU").isEqualTo(target);
    }

    @Test
    void everyKindOfEffectIsInTheTable() {
        assertThat(eachEffect()
                        .map(row -> row.get()[0].getClass().getSimpleName())
                        .distinct()
                        .count())
                .as("the leaves of the sealed interface")
                .isEqualTo(leaves(Effect.class));
    }

    private static long leaves(Class<?> of) {
        Class<?>[] permitted = of.getPermittedSubclasses();
        return permitted == null
                ? 1
                : Stream.of(permitted).mapToLong(HypercallTextTest::leaves).sum();
    }

    @Test
    void whatIsInjectedIsAPhrase() {
        assertThat(Stream.of(
                                new Injection.WakeUp(CPU1),
                                new Injection.Interrupt(CPU1, 33),
                                new Injection.Event(CPU1, 42),
                                new Injection.PowerButton(),
                                new Injection.SError(CPU1, 0x41),
                                new Injection.ConsoleSize(100, 40))
                        .map(HypercallText::injection))
                .containsExactly(
                        "interrupt for vcpu1",
                        "interrupt 33 for vcpu1",
                        "event 42 injected for vcpu1",
                        "power button pressed",
                        "SError for vcpu1, syndrome 0x41",
                        "console of 100 x 40 characters");
    }

    @Test
    void aDefectIsAPhraseThatSaysHowLongItIsThere() {
        assertThat(Stream.of(
                                new Injection.Misread(0x900_0018L, new WrongBits(1, 2, 4), 1),
                                new Injection.Misread(0x900_0018L, new WrongBits(0, 2, 0), 5),
                                new Injection.StuckLine(33, false, 62_500),
                                new Injection.StuckLine(33, true, Injection.Hold.FOREVER),
                                new Injection.BadDisk(0, Failure.READ_FAILS, 1),
                                new Injection.BadDisk(1, Failure.WRITE_FAILS, 2),
                                new Injection.BadDisk(0, Failure.WRITE_LOST, Injection.Defect.EVERY_TIME),
                                new Injection.BadDisk(0, Failure.WRITE_TORN, Injection.Defect.EVERY_TIME))
                        .map(HypercallText::injection))
                .containsExactly(
                        "next read of 0x9000018 wrong, bits 0x1 changed, bits 0x2 set, bits 0x4 clear",
                        "each of the next 5 reads of 0x9000018 wrong, bits 0x2 set",
                        "line of interrupt 33 stuck low for 0.001000000 s",
                        "line of interrupt 33 stuck high for ever",
                        "next read of disk 0 fails",
                        "each of the next 2 writes of disk 1 fails",
                        "each write of disk 0 lost",
                        "each write of disk 0 torn");
    }

    @Test
    void whatHappensWithoutACallIsAnInjectionOrTheEffectsOfAService() {
        assertThat(HypercallText.happening(new JournalRecord.Injected(new Injection.PowerButton())))
                .isEqualTo("power button pressed");
        assertThat(HypercallText.happening(new JournalRecord.Reaction(
                        "sdei", List.of(new Effect.Wake(CPU1), new Effect.PowerOff(VcpuId.BOOT)))))
                .isEqualTo("vcpu1 interrupted; vcpu0 off [sdei, without a call]");
        assertThatThrownBy(() -> HypercallText.happening(new JournalRecord.MemoryDigest(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MemoryDigest");
    }
}
