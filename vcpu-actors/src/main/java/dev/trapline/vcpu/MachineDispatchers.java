package dev.trapline.vcpu;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.javadsl.Adapter;
import akka.dispatch.Dispatchers;
import java.util.ArrayDeque;
import java.util.Deque;

/// Gives each running machine its own dispatcher with one thread: all its actors share that thread, and machines run in
/// parallel. A machine returns its dispatcher at its end, so that a program with thousands of runs needs only a few.
final class MachineDispatchers implements Extension {

    private static final String PREFIX = "trapline-machine-";

    private static final ExtensionId<MachineDispatchers> ID = new ExtensionId<>() {
        @Override
        public MachineDispatchers createExtension(ActorSystem<?> system) {
            return new MachineDispatchers(system);
        }
    };

    private final Dispatchers dispatchers;
    private final Deque<String> idle = new ArrayDeque<>();
    private int made;

    private MachineDispatchers(ActorSystem<?> system) {
        dispatchers = Adapter.toClassic(system).dispatchers();
    }

    static MachineDispatchers of(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /// Borrows the name of a dispatcher that no other machine uses.
    synchronized String borrow() {
        String free = idle.poll();
        return free != null ? free : make();
    }

    synchronized void giveBack(String name) {
        idle.push(name);
    }

    private String make() {
        String name = PREFIX + made++;
        dispatchers.registerConfigurator(
                name,
                new MachineDispatcherConfigurator(
                        name, dispatchers.defaultDispatcherConfig(), dispatchers.prerequisites()));
        return name;
    }
}
