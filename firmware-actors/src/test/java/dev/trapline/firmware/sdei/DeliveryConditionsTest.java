package dev.trapline.firmware.sdei;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/// When an event is delivered, and how long it stays pending: `delivery.csv` has all combinations of obstacles. The
/// test removes the obstacles in the order EVENT_ENABLE, PE_UNMASK, EVENT_COMPLETE.
class DeliveryConditionsTest {

    private static final String NORMAL_RUNS = "0 EVENT_REGISTER 10, 0 EVENT_ENABLE 10, inject 10 0";
    private static final String CRITICAL_RUNS = "0 EVENT_REGISTER 11, 0 EVENT_ENABLE 11, inject 11 0";

    @ParameterizedTest(name = "event {0} ({1}), PE {2}, running: {3}")
    @CsvFileSource(resources = "/sdei/delivery.csv", delimiter = ';', numLinesToSkip = 1)
    void anEventIsDeliveredWhenNothingIsInItsWay(
            int event, String handler, String pe, String running, String delivered) {
        SdeiMachine machine = new SdeiMachine(1, SdeiMachine.EVENTS);
        machine.run("0 PE_UNMASK");
        switch (running) {
            case "normal" -> machine.run(NORMAL_RUNS);
            case "critical" -> machine.run(CRITICAL_RUNS);
            default -> assertThat(running).isEqualTo("none");
        }
        if (!handler.equals("unregistered")) {
            machine.run("0 EVENT_REGISTER " + event);
        }
        if (handler.equals("enabled")) {
            machine.run("0 EVENT_ENABLE " + event);
        }
        if (pe.equals("masked")) {
            machine.run("0 PE_MASK");
        }

        String expected = event + ">0";
        machine.run("inject " + event + " 0");
        assertThat(machine.delivered()).as("when it occurs").isEqualTo(delivered.equals("at once") ? expected : "");
        if (handler.equals("unregistered")) {
            machine.run("0 EVENT_REGISTER " + event);
        }
        remove(machine, delivered, "EVENT_ENABLE", "0 EVENT_ENABLE " + event, !handler.equals("enabled"), expected);
        remove(machine, delivered, "PE_UNMASK", "0 PE_UNMASK", pe.equals("masked"), expected);
        remove(
                machine,
                delivered,
                "EVENT_COMPLETE",
                "0 EVENT_COMPLETE 0",
                !running.equals("none")
                        && !delivered.equals("at once")
                        && !delivered.equals("PE_UNMASK")
                        && !delivered.equals("EVENT_ENABLE"),
                expected);
    }

    private static void remove(
            SdeiMachine machine, String delivered, String name, String step, boolean present, String expected) {
        if (present) {
            machine.run(step);
            assertThat(machine.delivered()).as("after %s", name).isEqualTo(delivered.equals(name) ? expected : "");
        }
    }
}
