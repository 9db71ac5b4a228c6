package dev.trapline.firmware.sdei;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.Effect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// Random calls, events and changes of power. The results are compared with a model, and checked for invariants that do
/// not depend on the model.
class SdeiModelTest {

    private static final String EVENTS =
            "events=804:shared:critical,805:private:normal,806:private:critical," + "807:shared:normal";

    /// The kinds of actions. Those that change more are more frequent.
    enum Kind {
        REGISTER,
        ENABLE,
        DISABLE,
        UNREGISTER,
        STATUS,
        COMPLETE,
        RESUME,
        SIGNAL,
        INJECT,
        MASK,
        UNMASK,
        PRIVATE_RESET,
        SHARED_RESET,
        ON,
        OFF,
        WOKEN
    }

    /// An action.
    record Action(Kind kind, int pe, int event) {}

    @Provide
    Arbitrary<List<Action>> actions() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(6, Kind.REGISTER),
                Tuple.of(6, Kind.ENABLE),
                Tuple.of(2, Kind.DISABLE),
                Tuple.of(2, Kind.UNREGISTER),
                Tuple.of(2, Kind.STATUS),
                Tuple.of(6, Kind.COMPLETE),
                Tuple.of(2, Kind.RESUME),
                Tuple.of(4, Kind.SIGNAL),
                Tuple.of(12, Kind.INJECT),
                Tuple.of(2, Kind.MASK),
                Tuple.of(6, Kind.UNMASK),
                Tuple.of(1, Kind.PRIVATE_RESET),
                Tuple.of(1, Kind.SHARED_RESET),
                Tuple.of(2, Kind.ON),
                Tuple.of(1, Kind.OFF),
                Tuple.of(1, Kind.WOKEN));
        Arbitrary<Integer> pes = Arbitraries.integers().between(0, ReferenceModel.PES - 1);
        return Combinators.combine(kinds, pes, Arbitraries.of(ReferenceModel.EVENTS))
                .as(Action::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(150);
    }

    @Property
    void everySequenceIsAnsweredAndDeliveredAsTheModelSays(@ForAll("actions") List<Action> actions) {
        SdeiMachine machine = SdeiMachine.allOn(ReferenceModel.PES, EVENTS);
        ReferenceModel model = new ReferenceModel();
        Observer observer = new Observer();
        for (Action action : actions) {
            boolean power = action.kind == Kind.ON || action.kind == Kind.OFF;
            if (power ? model.isOn(action.pe) == (action.kind == Kind.ON) : !model.isOn(action.pe)) {
                continue;
            }
            String step = step(action);
            long came = machine.run(step);
            long expected = expected(model, action, came);
            assertThat(came).as("what '%s' returns", step).isEqualTo(expected);
            assertThat(machine.delivered()).as("what '%s' delivers", step).isEqualTo(String.join(" ", model.deliver()));
            observer.follow(action, machine.effects());
        }
    }

    private static String step(Action action) {
        String call = action.pe + " EVENT_";
        return switch (action.kind) {
            case REGISTER -> call + "REGISTER " + action.event;
            case ENABLE -> call + "ENABLE " + action.event;
            case DISABLE -> call + "DISABLE " + action.event;
            case UNREGISTER -> call + "UNREGISTER " + action.event;
            case STATUS -> call + "STATUS " + action.event;
            case COMPLETE -> call + "COMPLETE 0";
            case RESUME -> call + "COMPLETE_AND_RESUME 0x40080000";
            case SIGNAL -> call + "SIGNAL 0 " + affinity(action.event % ReferenceModel.PES);
            case INJECT -> "inject " + action.event + " " + action.pe;
            case MASK -> action.pe + " PE_MASK";
            case UNMASK -> action.pe + " PE_UNMASK";
            case PRIVATE_RESET -> action.pe + " PRIVATE_RESET";
            case SHARED_RESET -> action.pe + " SHARED_RESET";
            case ON -> "on " + action.pe;
            case OFF -> "off " + action.pe;
            case WOKEN -> "woken " + action.pe;
        };
    }

    private static String affinity(int pe) {
        return List.of("0", "1", "0x100").get(pe);
    }

    /// The actual result, if the action has no result to compare.
    private static long expected(ReferenceModel model, Action action, long came) {
        return switch (action.kind) {
            case REGISTER -> model.register(action.event, action.pe);
            case ENABLE -> model.enable(action.event, action.pe, true);
            case DISABLE -> model.enable(action.event, action.pe, false);
            case UNREGISTER -> model.unregister(action.event, action.pe);
            case STATUS -> model.status(action.event, action.pe);
            case COMPLETE, RESUME -> model.complete(action.pe);
            case SIGNAL -> model.signal(action.event % ReferenceModel.PES);
            case MASK -> model.mask(action.pe);
            case UNMASK -> model.unmask(action.pe);
            case PRIVATE_RESET -> model.reset(action.pe, false);
            case SHARED_RESET -> model.reset(action.pe, true);
            case INJECT -> {
                model.inject(action.event, action.pe);
                yield came;
            }
            case ON, OFF -> {
                model.power(action.pe, action.kind == Kind.ON);
                yield came;
            }
            case WOKEN -> {
                model.mask(action.pe);
                yield came;
            }
        };
    }

    /// Checks the effects for violations of invariants.
    private static final class Observer {

        private final List<Deque<Long>> stacks = new ArrayList<>();
        private final boolean[] masked = {true, true, true};

        Observer() {
            for (int pe = 0; pe < ReferenceModel.PES; pe++) {
                stacks.add(new ArrayDeque<>());
            }
        }

        void follow(Action action, List<Effect> effects) {
            switch (action.kind) {
                case UNMASK -> masked[action.pe] = false;
                case MASK, WOKEN -> masked[action.pe] = true;
                case ON, OFF -> {
                    masked[action.pe] = true;
                    stacks.get(action.pe).clear();
                }
                case REGISTER, ENABLE, DISABLE, UNREGISTER, STATUS -> {}
                case COMPLETE, RESUME, SIGNAL, INJECT, PRIVATE_RESET, SHARED_RESET -> {}
            }
            effects.forEach(this::follow);
        }

        private void follow(Effect effect) {
            switch (effect) {
                case Effect.DeliverEvent deliver -> delivered(deliver);
                case Effect.CompleteEvent complete ->
                    completed(complete.target().index());
                case Effect.CompleteEventAndResume resume ->
                    completed(resume.target().index());
                case Effect.Wake wake ->
                    assertThat(masked[wake.target().index()])
                            .as("only PEs that have masked events are woken")
                            .isTrue();
                case Effect other -> throw new AssertionError("SDEI does not do this: " + other);
            }
        }

        private void delivered(Effect.DeliverEvent deliver) {
            int pe = deliver.target().index();
            Deque<Long> stack = stacks.get(pe);
            assertThat(masked[pe]).as("nothing is delivered to a masked PE").isFalse();
            assertThat(stack).as("at most two are nested").hasSizeLessThan(2);
            if (!stack.isEmpty()) {
                assertThat(ReferenceModel.isCritical((int) deliver.event()))
                        .as("only critical over")
                        .isTrue();
                assertThat(ReferenceModel.isCritical(stack.element().intValue()))
                        .as("normal")
                        .isFalse();
            }
            if (ReferenceModel.isShared((int) deliver.event())) {
                assertThat(stacks)
                        .as("a shared event runs on one PE")
                        .allSatisfy(other -> assertThat(other).doesNotContain(deliver.event()));
            }
            assertThat(stack).as("a handler does not interrupt itself").doesNotContain(deliver.event());
            stack.push(deliver.event());
        }

        private void completed(int pe) {
            assertThat(stacks.get(pe)).as("a delivery completes once").isNotEmpty();
            stacks.get(pe).pop();
        }
    }
}
