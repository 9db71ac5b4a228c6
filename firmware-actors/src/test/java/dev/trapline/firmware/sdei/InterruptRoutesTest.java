package dev.trapline.firmware.sdei;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who gets the interrupt of an event, after each call (DEN0054, interrupt-bound events): the client while no handler
/// is registered, and the firmware otherwise, which takes it while the event can be delivered or become pending.
class InterruptRoutesTest {

    private static final String EVENTS = SdeiMachine.EVENTS + ",40:shared:critical:60,14:private:normal:21";

    private final SdeiMachine machine = SdeiMachine.allOn(2, EVENTS);

    @ParameterizedTest(name = "{0}, then {1}")
    @CsvSource(
            nullValues = "none",
            value = {
                "0 INTERRUPT_BIND 33,                         0 INTERRUPT_BIND 34, ''",
                "0 INTERRUPT_BIND 33,                         0 EVENT_REGISTER 2000, 33>NOBODY",
                "0 INTERRUPT_BIND 20,                         1 EVENT_REGISTER 1000, 20@1>NOBODY",
                "none,                                        0 EVENT_REGISTER 40, 60>NOBODY",
                "none,                                        0 EVENT_REGISTER 10, ''",
                "0 EVENT_REGISTER 40,                         0 EVENT_ENABLE 40, 60>FIRMWARE",
                "0 EVENT_REGISTER 40; 0 EVENT_ENABLE 40,      0 EVENT_ENABLE 40, ''",
                "0 EVENT_REGISTER 40; 0 EVENT_ENABLE 40,      0 EVENT_DISABLE 40, 60>NOBODY",
                "0 EVENT_REGISTER 40; 0 EVENT_ENABLE 40,      0 EVENT_UNREGISTER 40, 60>GUEST",
                "0 EVENT_REGISTER 40,                         0 EVENT_UNREGISTER 40, 60>GUEST",
                "1 EVENT_REGISTER 14; 1 EVENT_ENABLE 14,      off 1, 21@1>GUEST",
                "0 EVENT_REGISTER 40; 0 EVENT_ENABLE 40,      off 1, ''",
                "1 EVENT_REGISTER 14; 1 EVENT_ENABLE 14,      1 PRIVATE_RESET, 21@1>GUEST",
                "0 INTERRUPT_BIND 33; 0 EVENT_REGISTER 2000,  0 SHARED_RESET, 33>GUEST",
            })
    void eachCallChangesTheReceiver(String before, String step, String routed) {
        machine.run(before == null ? "" : before.replace(';', ','));
        machine.run(step);
        assertThat(machine.routed()).isEqualTo(routed);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "0 EVENT_COMPLETE 0,                          60>FIRMWARE",
        "0 EVENT_COMPLETE_AND_RESUME 0x40000000,      60>FIRMWARE",
        "0 EVENT_UNREGISTER 40,                       60>GUEST",
        "0 EVENT_DISABLE 40,                          ''",
        "off 0,                                       60>FIRMWARE"
    })
    void whileItsHandlerRunsTheMachineHoldsIt(String step, String routed) {
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 40, 0 EVENT_ENABLE 40, irq 60 0");
        assertThat(machine.delivered()).isEqualTo("40>0");
        assertThat(machine.routed())
                .as("the machine holds what it has handed over")
                .isEmpty();
        machine.run(step);
        assertThat(machine.routed()).isEqualTo(routed);
    }

    @ParameterizedTest
    @CsvSource({"0 PE_UNMASK, ''", "0 EVENT_DISABLE 40, ''", "0 EVENT_UNREGISTER 40, 60>GUEST"})
    void whileTheEventIsPendingTheMachineHoldsIt(String step, String routed) {
        machine.run("0 EVENT_REGISTER 40, 0 EVENT_ENABLE 40, irq 60 0");
        assertThat(machine.delivered()).as("all PEs have masked events").isEmpty();
        machine.run(step);
        assertThat(machine.routed()).isEqualTo(routed);
    }
}
