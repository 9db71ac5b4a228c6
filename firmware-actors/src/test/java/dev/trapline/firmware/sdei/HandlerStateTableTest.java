package dev.trapline.firmware.sdei;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.Reply;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/// Every call in every state of a handler: the table is `states.csv`.
class HandlerStateTableTest {

    private static final String INVALID_PARAMETERS = "-2";

    /// The steps from a new machine to each state of event 2000, bound to an SPI, or 1000, bound to a PPI. PE 0 has
    /// unmasked events.
    private static final Map<HandlerState, String> WAY = Map.of(
            HandlerState.UNREGISTERED, "",
            HandlerState.REGISTERED, "0 EVENT_REGISTER #",
            HandlerState.ENABLED, "0 EVENT_REGISTER #, 0 EVENT_ENABLE #",
            HandlerState.ENABLED_RUNNING, "0 EVENT_REGISTER #, 0 EVENT_ENABLE #, irq ! 0",
            HandlerState.REGISTERED_RUNNING, "0 EVENT_REGISTER #, 0 EVENT_ENABLE #, irq ! 0, 0 EVENT_DISABLE #",
            HandlerState.UNREGISTER_PENDING, "0 EVENT_REGISTER #, 0 EVENT_ENABLE #, irq ! 0, 0 EVENT_UNREGISTER #");

    @ParameterizedTest(name = "{0}: {1}")
    @CsvFileSource(resources = "/sdei/states.csv", delimiter = ';', numLinesToSkip = 1)
    void aCallMovesAHandlerAsTheTableSays(
            HandlerState state, HandlerCall call, String returns, HandlerState next, int value) {
        boolean allowed = returns.equals("0")
                || returns.equals("none")
                || returns.equals("saved")
                || (returns.equals("-5") && state.isRegistered());
        assertThat(state.after(call)).as("%s in %s", call, state).isEqualTo(allowed ? next : null);
        assertThat(next.value()).as("EVENT_STATUS in %s", next).isEqualTo(value);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvFileSource(resources = "/sdei/states.csv", delimiter = ';', numLinesToSkip = 1)
    void aCallAboutASharedEventReturnsWhatTheTableSays(
            HandlerState state, HandlerCall call, String returns, HandlerState next, int value) {
        makeTheCall(state, call, returns, value, "2000", "40");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvFileSource(resources = "/sdei/states.csv", delimiter = ';', numLinesToSkip = 1)
    void aCallAboutAPrivateEventReturnsWhatTheTableSays(
            HandlerState state, HandlerCall call, String returns, HandlerState next, int value) {
        if (call == HandlerCall.ROUTING_SET) {
            // Only a shared event has a routing mode (DEN0054 §5.1.11).
            makeTheCall(state, call, INVALID_PARAMETERS, state.value(), "1000", "20");
        } else {
            makeTheCall(state, call, returns, value, "1000", "20");
        }
    }

    private static void makeTheCall(
            HandlerState state, HandlerCall call, String returns, int value, String event, String irq) {
        SdeiMachine machine = new SdeiMachine(2);
        machine.run("0 PE_UNMASK, 0 INTERRUPT_BIND " + irq);
        machine.run(WAY.getOrDefault(state, "").replace("#", event).replace("!", irq));
        long number = Long.parseLong(event);
        if (call == HandlerCall.DISPATCH) {
            machine.run("irq " + irq + " 0");
            assertThat(machine.delivered())
                    .as("an event in %s", state)
                    .isEqualTo(returns.equals("0") ? event + ">0" : "");
        } else {
            Reply<SdeiState> reply = switch (call) {
                case REGISTER -> machine.call(0, "EVENT_REGISTER", number);
                case RELEASE -> machine.call(0, "INTERRUPT_RELEASE", number);
                case ENABLE -> machine.call(0, "EVENT_ENABLE", number);
                case DISABLE -> machine.call(0, "EVENT_DISABLE", number);
                case UNREGISTER -> machine.call(0, "EVENT_UNREGISTER", number);
                case ROUTING_SET -> machine.call(0, "EVENT_ROUTING_SET", number, 1, 0);
                case CONTEXT -> machine.call(0, "EVENT_CONTEXT", 17);
                case COMPLETE, DISPATCH -> machine.call(0, "EVENT_COMPLETE", 0);
            };
            String came = reply.registers().count() == 0
                    ? "none"
                    : "" + reply.registers().value(0);
            assertThat(came).as("%s in %s", call, state).isEqualTo(returns.equals("saved") ? "17" : returns);
        }
        assertThat(machine.run("0 EVENT_STATUS " + event))
                .as("EVENT_STATUS after %s in %s", call, state)
                .isEqualTo(value);
    }
}
