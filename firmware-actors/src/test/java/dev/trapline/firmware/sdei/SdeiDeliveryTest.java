package dev.trapline.firmware.sdei;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The order and the targets of delivery, and the effects of power changes.
class SdeiDeliveryTest {

    private final SdeiMachine machine = SdeiMachine.allOn(4, SdeiMachine.EVENTS);

    private void unmask(int... pes) {
        Arrays.stream(pes).forEach(pe -> machine.run(pe + " PE_UNMASK"));
    }

    private void enable(int pe, int... events) {
        Arrays.stream(events)
                .forEach(event -> machine.run(pe + " EVENT_REGISTER " + event + ", " + pe + " EVENT_ENABLE " + event));
    }

    @Test
    void aCriticalEventInterruptsTheHandlerOfANormalOneAndNothingMore() {
        unmask(0);
        enable(0, 10, 11, 12, 13);
        machine.run("inject 10 0");
        machine.run("inject 11 0");
        assertThat(machine.delivered()).as("critical over normal").isEqualTo("11>0");
        machine.run("inject 13 0");
        assertThat(machine.delivered()).as("never three").isEmpty();
        machine.run("inject 12 0");
        assertThat(machine.delivered()).isEmpty();
        machine.run("0 EVENT_COMPLETE 0");
        assertThat(machine.delivered()).as("the next critical one").isEqualTo("13>0");
        machine.run("0 EVENT_COMPLETE 0");
        assertThat(machine.delivered()).as("a normal one still runs").isEmpty();
        machine.run("0 EVENT_COMPLETE 0");
        assertThat(machine.delivered()).as("the next normal one").isEqualTo("12>0");
        assertThat(machine.run("0 EVENT_STATUS 10"))
                .as("registered and enabled")
                .isEqualTo(3);
    }

    @Test
    void ofSeveralPendingEventsTheCriticalGoFirstAndThenTheLowestNumber() {
        enable(0, 10, 11, 12, 13, 30, 31);
        machine.run("inject 30 0, inject 12 0, inject 10 0, inject 31 0, inject 13 0, inject 11 0");
        StringBuilder order = new StringBuilder();
        unmask(0);
        for (int n = 0; n < 6; n++) {
            order.append(machine.delivered()).append(' ');
            machine.run("0 EVENT_COMPLETE 0");
        }
        assertThat(order).hasToString("11>0 13>0 31>0 10>0 12>0 30>0 ");
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(
            delimiter = ';',
            value = {
                // unmasked PEs; before; delivered; why
                "0 1 2 3; ; 30>0; the lowest index",
                "2 3; ; 30>2; masked ones do not count",
                "0 1 2; inject 12 0; 30>1; PE 0 runs a handler",
                "0; inject 12 0; ''; nobody can take it now",
                "1 3; inject 12 1, inject 12 3; ''; nobody can take it now"
            })
    void anEventOfRmAnyGoesToTheLowestPeThatCanTakeIt(String unmasked, String before, String delivered, String why) {
        Arrays.stream(unmasked.split(" ")).forEach(pe -> {
            machine.run(pe + " PE_UNMASK");
            enable(Integer.parseInt(pe), 12);
        });
        machine.run("0 EVENT_REGISTER 30, 0 EVENT_ENABLE 30");
        machine.run(before == null ? "" : before);
        machine.run("inject 30 0");
        assertThat(machine.delivered()).as(why).isEqualTo(delivered);
    }

    @Test
    void aCriticalEventOfRmAnyPrefersAPeThatRunsNoHandler() {
        unmask(0, 1);
        enable(0, 12, 31);
        enable(1, 12);
        machine.run("inject 12 0, inject 31 0");
        assertThat(machine.delivered()).isEqualTo("31>1");
        machine.run("1 EVENT_COMPLETE 0, inject 12 1, inject 31 0");
        assertThat(machine.delivered())
                .as("with handlers everywhere, the lowest index")
                .isEqualTo("31>0");
    }

    @Test
    void aSharedEventRunsOnOnePeAtATime() {
        unmask(0, 1, 2, 3);
        enable(0, 30);
        machine.run("inject 30 0, inject 30 0");
        assertThat(machine.delivered()).as("three PEs are idle, and it runs").isEmpty();
        machine.run("0 EVENT_COMPLETE 0");
        assertThat(machine.delivered()).as("it occurred again").isEqualTo("30>0");
    }

    @Test
    void aSharedEventThatEverybodyHasMaskedGoesToTheFirstThatUnmasks() {
        enable(0, 30);
        machine.run("inject 30 0");
        assertThat(machine.delivered()).isEmpty();
        unmask(3);
        assertThat(machine.delivered()).isEqualTo("30>3");
    }

    @Test
    void anEventOfRmPeWaitsForItsPe() {
        unmask(0, 1, 3);
        machine.run("0 EVENT_REGISTER 30 0x40080000 0 1 0x100, 0 EVENT_ENABLE 30, inject 30 0");
        assertThat(machine.delivered()).as("PE 2 has masked events").isEmpty();
        assertThat(machine.woken()).as("it may be powered down").isEqualTo("2");
        unmask(2);
        assertThat(machine.delivered()).isEqualTo("30>2");
    }

    @Test
    void routingCanBeSetWhileAnEventIsDisabled() {
        unmask(0, 1, 2, 3);
        machine.run("0 EVENT_REGISTER 30, 1 EVENT_ROUTING_SET 30 1 0x101, inject 30 0");
        machine.run("0 EVENT_ENABLE 30");
        assertThat(machine.delivered()).isEqualTo("30>3");
    }

    @Test
    void aRoutingThatIsRefusedChangesNothing() {
        unmask(0);
        machine.run("0 EVENT_REGISTER 30 0x40080000 0 1 0, 0 EVENT_ENABLE 30");
        assertThat(machine.run("0 EVENT_ROUTING_SET 30 1 1")).isEqualTo(-3);
        machine.run("inject 30 0");
        assertThat(machine.delivered()).isEqualTo("30>0");
    }

    @Test
    void whatCameBeforeARegistrationIsForgotten() {
        unmask(0);
        machine.run("0 EVENT_REGISTER 10, inject 10 0, 0 EVENT_UNREGISTER 10, 0 EVENT_REGISTER 10, 0 EVENT_ENABLE 10");
        assertThat(machine.delivered()).isEmpty();
    }

    @Test
    void eachPeSignalsItselfAndOneSignalsAll() {
        unmask(0, 1, 2, 3);
        long[] affinities = {0, 1, 0x100, 0x101};
        for (int pe = 0; pe < 4; pe++) {
            enable(pe, 0);
            assertThat(machine.run(pe + " EVENT_SIGNAL 0 " + affinities[pe])).isZero();
            assertThat(machine.delivered()).isEqualTo("0>" + pe);
            machine.run(pe + " EVENT_COMPLETE 0");
        }
        for (int pe = 0; pe < 4; pe++) {
            machine.run("2 EVENT_SIGNAL 0 " + affinities[pe]);
            assertThat(machine.delivered()).as("from PE 2").isEqualTo("0>" + pe);
        }
    }

    @Test
    void aSignalSurvivesAHandlerThatUnregistersAndRegistersAgain() {
        unmask(0);
        enable(0, 0, 10);
        machine.run("inject 10 0, 0 EVENT_SIGNAL 0 0, 0 EVENT_UNREGISTER 0");
        machine.run("0 EVENT_REGISTER 0, 0 EVENT_ENABLE 0, 0 EVENT_COMPLETE 0");
        assertThat(machine.delivered()).as("an SGI stays pending").isEqualTo("0>0");
    }

    @Test
    void aSignalForNobodyIsForgottenAsSoonAsItCouldBeTaken() {
        unmask(0);
        enable(0, 0, 10);
        machine.run("inject 10 0, 0 EVENT_SIGNAL 0 0, 0 EVENT_UNREGISTER 0, 0 EVENT_COMPLETE 0");
        enable(0, 0);
        assertThat(machine.delivered()).isEmpty();
        machine.run("inject 10 0, 0 EVENT_SIGNAL 0 0, 0 PE_MASK, 0 EVENT_COMPLETE 0, 0 PE_UNMASK");
        assertThat(machine.delivered()).as("masked when it could be taken").isEmpty();
    }

    @Test
    void aMaskedPeIsWokenByAnEventThatWaitsForItAlone() {
        enable(1, 10);
        machine.run("inject 10 1");
        assertThat(machine.woken()).isEqualTo("1");
        machine.run("1 EVENT_DISABLE 10, inject 10 1");
        assertThat(machine.woken()).as("a disabled event wakes no PE").isEmpty();
        machine.run("1 EVENT_ENABLE 10");
        assertThat(machine.woken()).as("the caller is awake").isEmpty();
    }

    @Test
    void anEventOfRmAnyThatNobodyCanTakeWakesAllThatAreOn() {
        machine.run("off 2");
        enable(0, 30);
        machine.run("inject 30 0");
        assertThat(machine.woken()).isEqualTo("0 1 3");
        unmask(0);
        machine.run("inject 30 0");
        assertThat(machine.woken())
                .as("it waits for its own handler, which runs on PE 0")
                .isEqualTo("1 3");
    }

    @Test
    void aPeThatStartsHasEventsMaskedAndNoPrivateHandlers() {
        unmask(0, 1);
        enable(1, 10, 30);
        machine.run("on 1");
        assertThat(machine.run("1 EVENT_STATUS 10")).as("private").isZero();
        assertThat(machine.run("1 EVENT_STATUS 30")).as("shared").isEqualTo(3);
        machine.run("inject 10 1");
        assertThat(machine.delivered()).isEmpty();
        assertThat(machine.run("1 PE_MASK")).as("already masked").isZero();
    }

    @Test
    void aPeThatWakesFromAPowerDownHasEventsMaskedAndKeepsItsHandlers() {
        unmask(1);
        enable(1, 10);
        machine.run("woken 1, inject 10 1");
        assertThat(machine.delivered()).as("masked").isEmpty();
        unmask(1);
        assertThat(machine.delivered()).isEqualTo("10>1");
        machine.run("resumed 1");
        assertThat(machine.run("1 PE_MASK")).as("a standby masks nothing").isEqualTo(1);
        assertThat(machine.run("1 EVENT_STATUS 10")).as("still running").isEqualTo(7);
    }

    @Test
    void aPeThatGoesOffLeavesTheSharedEventItRanToOthers() {
        unmask(1, 2);
        enable(1, 12, 31);
        machine.run("2 EVENT_REGISTER 12, 2 EVENT_ENABLE 12, inject 12 2, inject 12 1, 0 EVENT_STATUS 31");
        machine.run("inject 31 0");
        assertThat(machine.delivered()).isEqualTo("31>1");
        machine.run("inject 31 0, off 1");
        assertThat(machine.delivered()).isEqualTo("31>2");
        machine.run("on 1, 1 PE_UNMASK");
        assertThat(machine.run("1 EVENT_COMPLETE 0")).as("nothing runs there").isEqualTo(-3);
    }

    @Test
    void aSoftwareSignalledEventThatWaitsToBeEnabledIsLostWhereItsPeMasksEvents() {
        unmask(0);
        enable(0, 0);
        machine.run("0 EVENT_SIGNAL 0 0, 0 EVENT_SIGNAL 0 0, 0 EVENT_DISABLE 0, 0 EVENT_COMPLETE 0");
        machine.run("0 PE_MASK, 0 PE_UNMASK, 0 EVENT_ENABLE 0");
        assertThat(machine.delivered()).as("masked in between").isEmpty();
        machine.run("0 EVENT_SIGNAL 0 0, 0 EVENT_SIGNAL 0 0, 0 EVENT_DISABLE 0, 0 EVENT_COMPLETE 0");
        machine.run("0 EVENT_ENABLE 0");
        assertThat(machine.delivered()).as("not masked in between").isEqualTo("0>0");
    }

    @Test
    void theLastOf64PesTakesPartInEverything() {
        SdeiMachine big = SdeiMachine.allOn(64, SdeiMachine.EVENTS);
        big.run("63 EVENT_REGISTER 10, 63 EVENT_ENABLE 10, 63 EVENT_REGISTER 30 0x40080000 0 1 0x1f01");
        big.run("63 EVENT_ENABLE 30, inject 10 63, inject 30 0");
        assertThat(big.woken()).isEqualTo("63");
        big.run("63 PE_UNMASK");
        assertThat(big.delivered()).isEqualTo("10>63");
        big.run("63 EVENT_COMPLETE 0");
        assertThat(big.delivered()).isEqualTo("30>63");
    }

    @Test
    void anEventThatThereIsNotIsForgotten() {
        SdeiState before = machine.state();
        machine.run("inject 99 0, irq 50 0, inject 1000 0");
        assertThat(machine.state()).isEqualTo(before);
        assertThat(machine.effects()).isEmpty();
    }
}
