# Build, try and test Halfsecond. `make help` says how.

# The shell of a recipe finds Maven, after the prerequisites are installed.
MVN ?= $$(.mvn/find-maven.sh)
MAVEN = $(MVN) -B -ntp
HALFSECOND = deploy/target/halfsecond/bin/halfsecond

# Everything that goes into the distribution: newer than the launcher means package again.
SOURCES := $(shell find pom.xml */pom.xml */src/main schemas/released -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo package images test bench benchmark soak format clean

help: ## Say what each target does
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo: ## A private sshd on loopback, real logins, a slow library, the alert. DELAY_MS=0 for none; ARGS="--keep" for options
	@deploy/prerequisites.sh $(if $(findstring --replay,$(ARGS)),build,demo)
	@$(MAKE) --no-print-directory package
	@HALFSECOND_JAVA_HOME="$${HALFSECOND_JAVA_HOME:-$$(deploy/find-jdk.sh)}" $(HALFSECOND) demo $(if $(DELAY_MS),--delay-ms $(DELAY_MS)) $(ARGS)

package: $(HALFSECOND) ## Build the distribution, without tests, if anything changed
	@:

$(HALFSECOND): $(SOURCES)
	@deploy/prerequisites.sh build
	@echo "building deploy/target/halfsecond"
	@$(MAVEN) -q package -Dmaven.test.skip=true -Dformat.skip=true
	@touch $@

images: package ## Build the container images of deploy/compose.yaml from what is on this machine
	@deploy/image/build-image.sh kafka
	@deploy/image/build-image.sh halfsecond

test: ## Everything: formatting, unit tests, tests against the real kernel, sshd, Kafka and Prometheus
	@deploy/prerequisites.sh test
	@$(MAVEN) verify

bench: ## JMH benchmarks
	@deploy/prerequisites.sh build
	@$(MAVEN) -q -Pbench -DskipTests test

benchmark: ## The detector beside others, on series of which the truth is known: streams/BENCHMARK.md. SEED=2; ARGS=--help for options
	@deploy/prerequisites.sh build
	@$(MAVEN) -q -Pbenchmark -pl streams -am -DskipTests test \
	  -Dbenchmark.args="--commit $$(git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown) $(if $(SEED),--seed $(SEED)) $(ARGS)"

soak: ## An hour of logins to a private sshd while load comes and goes: nobody is paged. ARGS=-Dhalfsecond.soak=PT10M
	@deploy/prerequisites.sh test
	@$(MAVEN) -pl deploy -am verify -Dtest.excluded=freeze -Dtest=none -Dit.test=SoakIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false $(ARGS)

format: ## Format the Java sources and sort their imports
	@$(MAVEN) -q -N validate -Dformat.action=replace

clean: ## Remove what was built
	@$(MAVEN) -q clean
