package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineDispatcherTest {

    private final ActorSystem<Void> system = ActorSystem.create(
            Behaviors.empty(),
            "dispatcher-test",
            ConfigFactory.parseString("akka.loglevel = OFF").withFallback(ConfigFactory.load()));
    private DispatcherSelector dispatcher = DispatcherSelector.defaultDispatcher();

    @BeforeEach
    void borrow() {
        dispatcher = DispatcherSelector.fromConfig(MachineDispatchers.of(system).borrow());
    }

    @AfterEach
    void terminate() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private <T> ActorRef<T> start(Behavior<T> behavior, String name) {
        return system.systemActorOf(behavior, name, dispatcher);
    }

    @Test
    void whatOneActorSendsArrivesInItsOrderWhateverElseArrives() throws Exception {
        int count = Boolean.getBoolean("trapline.full") ? 1_000_000 : 50_000;
        List<Integer> fromInside = new ArrayList<>();
        List<Integer> fromOutside = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(2 * count);
        ActorRef<Integer> receiver = start(
                Behaviors.receiveMessage(number -> {
                    (number < 0 ? fromOutside : fromInside).add(number);
                    done.countDown();
                    return Behaviors.same();
                }),
                "receiver");
        // It also sends to itself: its next turn is after the receiver's.
        ActorRef<Integer> sender = start(
                Behaviors.setup(context -> Behaviors.receiveMessage(number -> {
                    receiver.tell(2 * number);
                    receiver.tell(2 * number + 1);
                    if (2 * number + 2 < count) {
                        context.getSelf().tell(number + 1);
                    }
                    return Behaviors.same();
                })),
                "sender");
        sender.tell(0);
        for (int number = 1; number <= count; number++) {
            receiver.tell(-number);
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).as("no message is lost").isTrue();
        assertThat(fromInside).isEqualTo(IntStream.range(0, count).boxed().toList());
        assertThat(fromOutside)
                .isEqualTo(IntStream.rangeClosed(1, count).map(n -> -n).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anActorThatStoppedOrFailedTakesNothingMore(boolean fails) throws Exception {
        List<String> taken = new ArrayList<>();
        CompletableFuture<List<String>> seen = new CompletableFuture<>();
        start(
                Behaviors.setup(context -> {
                    ActorRef<String> child =
                            context.spawn(untilEnd(taken, fails), "child", DispatcherSelector.sameAsParent());
                    context.watch(child);
                    List.of("one", "end", "late", "later").forEach(child::tell);
                    return Behaviors.receive(Object.class)
                            .onSignal(Terminated.class, _ -> {
                                seen.complete(List.copyOf(taken));
                                return Behaviors.stopped();
                            })
                            .build();
                }),
                "parent");
        assertThat(seen.get(60, TimeUnit.SECONDS))
                .as("messages after the end are not handled, and the parent is notified of the end")
                .containsExactly("one", "end", "stopped");
    }

    private static Behavior<String> untilEnd(List<String> taken, boolean fails) {
        return Behaviors.receive(String.class)
                .onMessage(String.class, message -> {
                    taken.add(message);
                    if (!message.equals("end")) {
                        return Behaviors.same();
                    }
                    if (fails) {
                        throw new IllegalStateException("on purpose");
                    }
                    return Behaviors.stopped();
                })
                .onSignal(PostStop.class, _ -> {
                    taken.add("stopped");
                    return Behaviors.same();
                })
                .build();
    }
}
