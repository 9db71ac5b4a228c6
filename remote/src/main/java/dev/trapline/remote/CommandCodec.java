package dev.trapline.remote;

import akka.actor.typed.ActorRef;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.MachineValues;
import dev.trapline.journal.codec.PackedReader;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.journal.codec.PolicyCodec;
import dev.trapline.journal.codec.UpsetCodec;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.remote.MachineProtocol.Command;
import dev.trapline.remote.MachineProtocol.Event;
import dev.trapline.vcpu.Machines;
import java.util.ArrayList;
import java.util.List;

/// Commands as bytes.
///
/// ```text
///  0 start        text machine, machine as SpecCodec writes it, varint count, images: u8 kind, text name,
///                 varint address, bytes content; bytes script, u8 recorded
///  1 type         text machine, bytes keys
///  2 inject       text machine, u8 0 wake-up | 1 interrupt | 2 event | 3 power button | 4 SError | 5 console size, u8
/// vcpu,
///                 varint intid, number, syndrome, or 10000 columns + rows; or u8 6 and a fault as UpsetCodec writes it
///  3 reconfigure  text machine, policy as PolicyCodec writes it
///  4 subscribe    text machine, varint from
///  5 seen         text machine, varint upTo
///  6 ask          text machine
///  7 stop         text machine
///  8 list
/// ```
final class CommandCodec {

    private static final int START = 0;
    private static final int TYPE = 1;
    private static final int INJECT = 2;
    private static final int RECONFIGURE = 3;
    private static final int SUBSCRIBE = 4;
    private static final int SEEN = 5;
    private static final int ASK = 6;
    private static final int STOP = 7;
    private static final int LIST = 8;

    private static final int WAKE_UP = 0;
    private static final int INTERRUPT = 1;
    private static final int EVENT = 2;
    private static final int POWER_BUTTON = 3;
    private static final int SERROR = 4;
    private static final int CONSOLE_SIZE = 5;
    private static final int UPSET = 6;
    /// The columns are a multiple of it.
    private static final int COLUMN = 10_000;

    private CommandCodec() {}

    static void write(PackedWriter out, Command command) {
        out.ensure(1);
        switch (command) {
            case MachineProtocol.Start start -> {
                begin(out, START, start.machine());
                start(out, start);
            }
            case MachineProtocol.Type type -> {
                begin(out, TYPE, type.machine());
                ProtocolCodec.write(out, type.keys());
            }
            case MachineProtocol.Inject inject -> {
                begin(out, INJECT, inject.machine());
                injection(out, inject.what());
            }
            case MachineProtocol.Reconfigure reconfigure -> {
                begin(out, RECONFIGURE, reconfigure.machine());
                PolicyCodec.write(out, reconfigure.policy());
            }
            case MachineProtocol.Subscribe subscribe -> {
                begin(out, SUBSCRIBE, subscribe.machine());
                number(out, subscribe.from());
            }
            case MachineProtocol.Seen seen -> {
                begin(out, SEEN, seen.machine());
                number(out, seen.upTo());
            }
            case MachineProtocol.Ask ask -> begin(out, ASK, ask.machine());
            case MachineProtocol.Stop stop -> begin(out, STOP, stop.machine());
            case MachineProtocol.ListMachines _ -> out.u8(LIST);
            case MachineProtocol.Malformed _ ->
                throw new IllegalArgumentException("a malformed message is not sent on");
        }
    }

    private static void begin(PackedWriter out, int kind, String machine) {
        out.u8(kind);
        MachineValues.write(out, machine);
    }

    private static void number(PackedWriter out, long value) {
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(value);
    }

    private static void start(PackedWriter out, MachineProtocol.Start start) {
        MachineValues.write(out, start.spec());
        number(out, start.images().size());
        for (Image image : start.images()) {
            MachineValues.write(out, image.kind());
            MachineValues.write(out, image.name());
            number(out, image.address());
            ProtocolCodec.write(out, image.content());
        }
        ProtocolCodec.write(out, start.script());
        out.ensure(1);
        out.u8(start.recorded() ? 1 : 0);
    }

    private static void injection(PackedWriter out, Injection what) {
        out.ensure(2);
        if (what instanceof Injection.Upset upset) {
            out.u8(UPSET);
            UpsetCodec.write(out, upset);
            return;
        }
        out.u8(
                switch (what) {
                    case Injection.WakeUp _ -> WAKE_UP;
                    case Injection.Interrupt _ -> INTERRUPT;
                    case Injection.Event _ -> EVENT;
                    case Injection.PowerButton _ -> POWER_BUTTON;
                    case Injection.SError _ -> SERROR;
                    case Injection.ConsoleSize _ -> CONSOLE_SIZE;
                    case Injection.Upset _ -> UPSET;
                });
        out.u8(what.vcpu().index());
        number(
                out,
                switch (what) {
                    case Injection.WakeUp _ -> 0;
                    case Injection.Interrupt interrupt -> interrupt.intid();
                    case Injection.Event event -> event.number();
                    case Injection.PowerButton _ -> 0;
                    case Injection.SError error -> error.syndrome();
                    case Injection.ConsoleSize size -> (long) COLUMN * size.columns() + size.rows();
                    case Injection.Upset _ -> 0;
                });
    }

    /// @throws CodecException if the bytes are not a command
    /// @throws IllegalArgumentException if they contain an invalid value
    static Command read(PackedReader in, long request, ActorRef<Event> replyTo) {
        int kind = in.u8();
        if (kind == LIST) {
            return new MachineProtocol.ListMachines(request, replyTo);
        }
        if (kind > LIST) {
            throw new CodecException("there is no command " + kind + " in version " + MachineProtocol.VERSION);
        }
        String machine = machine(in);
        return switch (kind) {
            case START -> readStart(in, request, replyTo, machine);
            case TYPE -> new MachineProtocol.Type(request, replyTo, machine, Bytes.copyOf(in.bytes()));
            case INJECT -> new MachineProtocol.Inject(request, replyTo, machine, readInjection(in));
            case RECONFIGURE -> new MachineProtocol.Reconfigure(request, replyTo, machine, PolicyCodec.read(in));
            case SUBSCRIBE -> new MachineProtocol.Subscribe(request, replyTo, machine, place(in));
            case SEEN -> new MachineProtocol.Seen(request, replyTo, machine, place(in));
            case ASK -> new MachineProtocol.Ask(request, replyTo, machine);
            default -> new MachineProtocol.Stop(request, replyTo, machine);
        };
    }

    private static String machine(PackedReader in) {
        try {
            return Machines.requireName(MachineValues.readText(in));
        } catch (MachineSetupException e) {
            throw new CodecException(String.valueOf(e.getMessage()), e);
        }
    }

    private static long place(PackedReader in) {
        long value = in.varint();
        if (value < 0) {
            throw new CodecException(
                    "a position in the output is " + Long.toUnsignedString(value) + ", beyond any output");
        }
        return value;
    }

    private static MachineProtocol.Start readStart(
            PackedReader in, long request, ActorRef<Event> replyTo, String machine) {
        var spec = MachineValues.readSpec(in);
        List<Image> images = new ArrayList<>();
        for (int left = in.count("the number of images", ProtocolCodec.MOST_IMAGES); left > 0; left--) {
            images.add(SentImage.require(new Image(
                    MachineValues.readImageKind(in),
                    MachineValues.readText(in),
                    in.varint(),
                    Bytes.copyOf(in.bytes()))));
        }
        Bytes script = SentImage.requireContent("the script", Bytes.copyOf(in.bytes()));
        int recorded = in.count("whether the run is recorded", 1);
        return new MachineProtocol.Start(request, replyTo, machine, spec, images, script, recorded == 1);
    }

    private static Injection readInjection(PackedReader in) {
        int kind = in.u8();
        if (kind == UPSET) {
            return UpsetCodec.read(in);
        }
        int vcpu = in.u8();
        if (vcpu >= VcpuId.MAX_COUNT) {
            throw new CodecException("there is no vCPU " + vcpu);
        }
        VcpuId receiver = new VcpuId(vcpu);
        return switch (kind) {
            case WAKE_UP -> {
                in.count("what follows a wake-up", 0);
                yield new Injection.WakeUp(receiver);
            }
            case INTERRUPT -> new Injection.Interrupt(receiver, in.count("an INTID", Injection.MAX_INTID));
            case EVENT -> new Injection.Event(receiver, in.varint());
            case SERROR -> new Injection.SError(receiver, in.count("a syndrome", Injection.SError.MAX_SYNDROME));
            case CONSOLE_SIZE -> {
                int size = in.count("the size of a console", COLUMN * COLUMN - 1);
                yield new Injection.ConsoleSize(size / COLUMN, size % COLUMN);
            }
            case POWER_BUTTON -> {
                in.count("what follows a press of the power button", 0);
                yield new Injection.PowerButton();
            }
            default -> throw new CodecException("there is no injection of kind " + kind);
        };
    }
}
