package dev.trapline.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ActorSystemsTest {

    @Test
    void aBusyHostMayTakeMinutesToStartTheLogger() {
        ActorSystem<Void> system = ActorSystems.start();
        try {
            assertThat(system.settings().config().getDuration("akka.logger-startup-timeout"))
                    .as("a run on a busy host must not end as a defect")
                    .isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        } finally {
            system.terminate();
        }
    }
}
