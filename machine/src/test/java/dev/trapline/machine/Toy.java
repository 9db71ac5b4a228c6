package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
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
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.testkit.FakeEngines;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A service with one effect for each function. It returns the number of its calls in x0.
final class Toy implements FirmwareService<Integer> {

    static final long COUNT = 0xc600_0000L;
    /// Argument 1 is the vCPU, argument 2 the ticks until it is ready.
    static final long POWER_ON = 0xc600_0001L;
    static final long POWER_OFF = 0xc600_0002L;
    static final long STANDBY = 0xc600_0003L;
    static final long WAKE = 0xc600_0004L;
    static final long WRITE = 0xc600_0005L;
    static final long OFF = 0xc600_0006L;
    static final long THROW = 0xc600_0007L;
    static final long TOO_MUCH = 0xc600_0008L;
    private static final long FIRST_OWN = 0xc600_0010L;
    private static final long LAST = 0xc600_00ffL;

    /// The effects of the functions of [#does], in order.
    private final List<List<Effect>> own = new ArrayList<>();

    /// Its effects on an event.
    Function<MachineEvent, List<Effect>> reaction = _ -> List.of();

    /// Its answer to a call, from the number of its calls and the call.
    BiFunction<Integer, ServiceCall, RegisterWrites> answer = (calls, _) -> RegisterWrites.x0(calls);

    /// Its calls, in order.
    final List<ServiceCall> calls = new ArrayList<>();

    /// The events that it received, in order.
    final List<MachineEvent> events = new ArrayList<>();

    /// The times of its calls, in order.
    final List<Long> times = new ArrayList<>();

    /// Adds a function with these effects.
    ///
    /// @return its identifier
    long does(Effect... effects) {
        own.add(List.of(effects));
        return FIRST_OWN + own.size() - 1;
    }

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(
                "toy",
                "1",
                List.of(new Claim(new FunctionId((int) COUNT), new FunctionId((int) LAST))),
                List.of(),
                List.of());
    }

    @Override
    public Integer start(ServiceContext context) {
        return 0;
    }

    @Override
    public Reply<Integer> apply(Integer before, ServiceCall call, GuestMemory memory) {
        long function = Integer.toUnsignedLong(call.smccc().functionId().value());
        long argument = call.smccc().argument(1);
        times.add(call.time());
        calls.add(call);
        if (function == THROW) {
            throw new IllegalStateException("the toy is broken");
        }
        List<Effect> effects = effects(function, argument, call);
        return new Reply<>(before + 1, answer.apply(before + 1, call), effects);
    }

    private List<Effect> effects(long function, long argument, ServiceCall call) {
        if (function >= FIRST_OWN) {
            return own.get((int) (function - FIRST_OWN));
        }
        VcpuId target = new VcpuId((int) Math.min(argument, 63));
        if (function == POWER_ON) {
            return List.of(new Effect.PowerOn(
                    target,
                    FakeEngines.entry((int) argument),
                    7,
                    call.time() + call.smccc().argument(2),
                    DataOrder.LITTLE));
        }
        if (function == POWER_OFF) {
            return List.of(new Effect.PowerOff(call.caller()));
        }
        if (function == STANDBY) {
            return List.of(new Effect.Standby(call.caller()));
        }
        if (function == WAKE) {
            return List.of(new Effect.Wake(target));
        }
        if (function == WRITE) {
            return List.of(new Effect.WriteMemory(argument, Bytes.copyOf(new byte[] {1, 2, 3})));
        }
        if (function == OFF) {
            return List.of(new Effect.SystemOff(Effect.SystemOff.Off.POWER_OFF));
        }
        return function == TOO_MUCH
                ? List.of(new Effect.WriteMemory(FakeEngines.ENTRY, Bytes.copyOf(new byte[17 << 20])))
                : List.of();
    }

    @Override
    public Reaction<Integer> notice(Integer before, MachineEvent event) {
        events.add(event);
        return new Reaction<>(before, reaction.apply(event));
    }
}
