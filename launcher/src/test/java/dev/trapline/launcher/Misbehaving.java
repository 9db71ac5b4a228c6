package dev.trapline.launcher;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/// A service with an error that its settings select: in the method `where`, on its `nth` call. All errors here are
/// intended.
@SuppressWarnings({"NullAway", "InfiniteRecursion", "SizeGreaterThanOrEqualsZero", "ModifiedButNotUsed"})
public final class Misbehaving implements FirmwareService<Misbehaving.State> {

    /// The #imm of its calls.
    static final int IMMEDIATE = 0x4242;

    /// The system property for its version; the default is 1.
    static final String VERSION = "trapline.test.version";

    /// The system property that makes it behave differently in a replay.
    static final String OTHER = "trapline.test.other";

    private static final List<long[]> HOARD = new ArrayList<>();

    private static Node chain = new Node(null);

    private record Node(Node next) {}

    /// An exception whose stack trace cannot be printed: the method does not return.
    private static final class Endless extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public void printStackTrace(java.io.PrintWriter to) {
            loop();
        }
    }

    /// A refusal of the settings that nobody can read: the method does not return.
    private static final class UnreadableRefusal extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            loop();
            return "";
        }
    }

    /// A thread that inherits a value of this kind never starts.
    private static final InheritableThreadLocal<Long> INHERITED = new InheritableThreadLocal<>() {
        @Override
        protected Long childValue(Long parent) {
            loop();
            return parent;
        }
    };

    /// The state: the number of calls, and the settings.
    public record State(long calls, String how, String where, long nth) {
        State next() {
            return new State(calls + 1, how, where, nth);
        }
    }

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(
                "misbehaving",
                System.getProperty(VERSION, "1"),
                List.of(),
                List.of(IMMEDIATE),
                List.of(),
                List.of(
                        new Setting("how", "no", "what it does"),
                        new Setting("where", "apply", "when it does it"),
                        new Setting("nth", "3", "on which call")));
    }

    @Override
    public State start(ServiceContext context) {
        String how = context.setting("how");
        String where = context.setting("where");
        if (where.equals("start")) {
            misbehave(how);
            return null;
        }
        return new State(0, how, where, Long.parseLong(context.setting("nth")));
    }

    @Override
    public Reply<State> apply(State state, ServiceCall call, GuestMemory memory) {
        State next = state.next();
        boolean now = next.calls() == state.nth();
        if (now && state.where().equals("apply") && !state.how().equals("no")) {
            misbehave(state.how());
            return List.of("threads and return", "interrupt all").contains(state.how())
                    ? Reply.x0(next, 0)
                    : wrong(next);
        }
        if (now && System.getProperty(OTHER) != null) {
            misbehave(System.getProperty(OTHER, ""));
            return Reply.x0(next, -7);
        }
        return now && state.where().equals("entropy")
                ? new Reply<>(next, RegisterWrites.x0(next.calls()), List.of(new Effect.DrawEntropy(8)))
                : Reply.x0(next, next.calls());
    }

    @Override
    public Reaction<State> notice(State state, MachineEvent event) {
        boolean now = switch (event) {
            case MachineEvent.Started _ -> state.where().equals("notice");
            case MachineEvent.Entropy _ -> state.where().equals("entropy");
            default -> false;
        };
        if (!now) {
            return Reaction.of(state);
        }
        misbehave(state.how());
        return switch (state.how()) {
            case "null" -> null;
            case "interrupt",
                    "hook",
                    "close streams",
                    "replace streams",
                    "thread",
                    "threads and return",
                    "signals",
                    "hold hooks",
                    "hold signals" -> Reaction.of(state);
            default -> Reaction.of(state, effect(state.how()));
        };
    }

    private static Reply<State> wrong(State state) {
        return switch (state.how()) {
            case "null" -> null;
            case "null state" -> Reply.x0(null, 0);
            case "null registers" -> Reply.of(state, (RegisterWrites) null);
            case "null effects" -> new Reply<>(state, RegisterWrites.NONE, null);
            case "many" -> {
                Effect write = new Effect.WriteMemory(0x4000_0000L, Bytes.copyOf(new byte[1 << 20]));
                yield new Reply<>(state, RegisterWrites.NONE, Collections.nCopies(17, write));
            }
            case "null effect" -> Reply.of(state, (Effect) null);
            case "x18" -> Reply.of(state, RegisterWrites.x0(0).and(18, 1));
            default -> Reply.of(state, effect(state.how()));
        };
    }

    private static Effect effect(String how) {
        return switch (how) {
            case "absent vCPU" -> new Effect.PowerOn(new VcpuId(7), 0x4000_0000L, 0, 0);
            case "on vCPU" -> new Effect.PowerOn(VcpuId.BOOT, 0x4000_0000L, 0, 0);
            case "no handler" -> new Effect.CompleteEvent(VcpuId.BOOT);
            case "absent wake" -> new Effect.Wake(new VcpuId(63));
            case "absent off" -> new Effect.PowerOff(new VcpuId(9));
            case "absent deliver" -> new Effect.DeliverEvent(new VcpuId(9), 0, 0, 0);
            case "outside" -> new Effect.WriteMemory(0x10L << 32, Bytes.copyOf(new byte[8]));
            case "huge" -> new Effect.WriteMemory(0x4000_0000L, Bytes.copyOf(new byte[(16 << 20) + 1]));
            case "odd time" -> new Effect.ShareStolenTime(VcpuId.BOOT, 0x4000_0001L);
            case "time outside" -> new Effect.ShareStolenTime(VcpuId.BOOT, -8);
            default -> throw new IllegalArgumentException("no way to misbehave: " + how);
        };
    }

    private static void misbehave(String how) {
        switch (how) {
            case "throw" -> throw new IllegalStateException("out of luck");
            case "assert" -> throw new AssertionError("not so");
            case "checked" -> sneak(new java.io.IOException("checked, and not declared"));
            case "link" -> throw new NoClassDefFoundError("com/example/Absent");
            case "overflow" -> recurse(0);
            case "memory" -> throw new OutOfMemoryError("all of it");
            case "exhaust" -> exhaust();
            case "loop" -> loop();
            case "allocate" -> allocate();
            case "hoard" -> hoard();
            case "nodes" -> nodes();
            case "clutch" -> clutch();
            case "gulp" -> gulp();
            case "threads" -> takeThreads(LockSupport::park, false);
            case "threads and return" -> takeThreads(Misbehaving::rest, true);
            case "exit" -> System.exit(0);
            case "close streams" -> {
                System.err.close();
                System.out.close();
            }
            case "replace streams" -> {
                System.setErr(new PrintStream(OutputStream.nullOutputStream()));
                System.setOut(new PrintStream(OutputStream.nullOutputStream()));
            }
            case "thread" -> new Thread(Misbehaving::rest).start();
            case "interrupt all" -> {
                Thread other = new Thread(Misbehaving::interruptAll);
                other.setDaemon(true);
                other.start();
            }
            case "interrupt" -> Thread.currentThread().interrupt();
            case "hook" -> Runtime.getRuntime().addShutdownHook(new Thread(Misbehaving::loop));
            case "endless" -> throw new Endless();
            case "unreadable refusal" -> throw new UnreadableRefusal();
            case "signals" -> takeSignals();
            case "hold hooks" -> hold("java.lang.ApplicationShutdownHooks");
            case "hold signals" -> hold("jdk.internal.misc.Signal");
            case "inherited" -> INHERITED.set(1L);
            default -> {}
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + depth;
    }

    private static void exhaust() {
        List<long[]> kept = new ArrayList<>();
        while (true) {
            kept.add(new long[1 << 24]);
        }
    }

    /// Allocates memory until there is none left, and never releases it.
    private static void hoard() {
        while (true) {
            HOARD.add(new long[1 << 15]);
        }
    }

    /// The same, down to the last bytes.
    private static void nodes() {
        while (true) {
            chain = new Node(chain);
        }
    }

    /// The same, and also allocates all memory that others release.
    private static void clutch() {
        while (true) {
            try {
                nodes();
            } catch (OutOfMemoryError e) {
                misbehave("no");
            }
        }
    }

    /// Allocates everything at once, before the watch checks the memory.
    private static void gulp() {
        for (int words = 1 << 24; words > 1 << 15; words >>= 1) {
            try {
                HOARD.add(new long[words]);
            } catch (OutOfMemoryError e) {
                misbehave("no");
            }
        }
        clutch();
    }

    /// Starts as many threads as possible.
    private static void takeThreads(Runnable what, boolean untilRefused) {
        while (true) {
            try {
                new Thread(what).start();
            } catch (Throwable t) {
                if (untilRefused) {
                    return;
                }
            }
        }
    }

    private static void interruptAll() {
        while (true) {
            for (Thread each : Thread.getAllStackTraces().keySet()) {
                if (!each.equals(Thread.currentThread())) {
                    each.interrupt();
                }
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /// The service ignores Ctrl-C from now on. The compiler warns of the class, which is not part of the JDK's API.
    private static void takeSignals() {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object nothing = Proxy.newProxyInstance(
                    Misbehaving.class.getClassLoader(), new Class<?>[] {handler}, (_, _, _) -> null);
            for (String name : List.of("INT", "TERM")) {
                type.getMethod("handle", type, handler)
                        .invoke(null, type.getConstructor(String.class).newInstance(name), nothing);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Holds the lock of a class for ever.
    private static void hold(String name) {
        CountDownLatch held = new CountDownLatch(1);
        try {
            Class<?> type = Class.forName(name, false, null);
            Thread.ofPlatform().daemon().start(() -> {
                synchronized (type) {
                    held.countDown();
                    rest();
                }
            });
            held.await();
        } catch (ClassNotFoundException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void rest() {
        while (true) {
            LockSupport.park();
        }
    }

    static void loop() {
        long turns = 0;
        while (turns >= 0) {
            turns = turns == Long.MAX_VALUE ? 0 : turns + 1;
        }
    }

    private static void allocate() {
        long[] kept = new long[0];
        while (kept.length >= 0) {
            kept = new long[1 + kept.length % (1 << 16)];
        }
    }
}
