package dev.trapline.remote;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Policy;
import dev.trapline.remote.MachineProtocol.Event;
import dev.trapline.testkit.Guests;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// A process that drives a machine in another one: starts a guest that says back what is typed, types, injects, puts
/// another policy in force, stops it, and prints what it was answered, a line each.
final class DriverProgram {

    private DriverProgram() {}

    /// Drives it, and ends.
    ///
    /// @param args address of the server, directory of the images of guests, directory of the certificates, the own
    ///     name, who is trusted
    public static void main(String[] args) throws Exception {
        RemoteSettings own = new Certificates(Path.of(args[2])).settings(args[3], args[4]);
        try (MachineDriver driver = MachineDriver.connect(own, args[0])) {
            drive(driver);
        }
    }

    private static void drive(MachineDriver driver) throws Exception {
        Image guest = Guests.image("echo.elf");
        say(driver.start("driven", MachineSpec.DEFAULT, List.of(guest), Bytes.EMPTY, true));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        CompletableFuture<Void> greeted = new CompletableFuture<>();
        CompletableFuture<Void> echoed = new CompletableFuture<>();
        CompletableFuture<Event> ended = new CompletableFuture<>();
        driver.subscribe("driven", event -> {
            if (event instanceof MachineProtocol.Printed part) {
                printed.writeBytes(part.text().toArray());
                String text = printed.toString(StandardCharsets.US_ASCII);
                if (text.contains("q ends")) {
                    greeted.complete(null);
                }
                if (text.contains("said from afar")) {
                    echoed.complete(null);
                }
            } else {
                ended.complete(event);
            }
        });
        greeted.get(60, TimeUnit.SECONDS);
        say(driver.type("driven", Bytes.copyOf("said from afar\r".getBytes(StandardCharsets.US_ASCII))));
        echoed.get(60, TimeUnit.SECONDS);
        say(driver.inject("driven", new Injection.Interrupt(new VcpuId(0), 40)));
        say(driver.reconfigure("driven", Policy.DEFAULT.withResident("psci")));
        say(driver.start("driven", MachineSpec.DEFAULT, List.of(guest), Bytes.EMPTY, false));
        say(driver.inject("driven", new Injection.WakeUp(new VcpuId(9))));
        say(driver.ask("nobody"));
        MachineSpec virt = MachineSpec.DEFAULT.with(BoardSpec.DEFAULT.withKind(BoardKind.VIRT));
        say(driver.start("controlled", virt, List.of(guest), Bytes.EMPTY, false));
        say(driver.inject("controlled", new Injection.Interrupt(new VcpuId(0), 288)));
        say(driver.stop("controlled"));
        say(driver.stop("driven"));
        System.out.println(ended.get(60, TimeUnit.SECONDS));
        System.out.println(printed.toString(StandardCharsets.US_ASCII));
    }

    private static void say(CompletionStage<Event> answer) throws Exception {
        System.out.println(answer.toCompletableFuture().get(60, TimeUnit.SECONDS));
    }
}
