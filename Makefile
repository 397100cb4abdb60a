# Builds, demonstrates and tests Halfsecond. `make help` lists the targets.

# The shell of a recipe finds Maven, after the prerequisites are installed.
MVN ?= $$(.mvn/find-maven.sh)
MAVEN = $(MVN) -B -ntp
HALFSECOND = deploy/target/halfsecond/bin/halfsecond

# What goes into the distribution. `make package` builds again if one of these files is newer than the launcher.
SOURCES := $(shell find pom.xml */pom.xml */src/main schemas/released -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo package collector packages release images test screenshots coverage mutation fuzz bench benchmark rollouts throughput footprint scrape soak ordinary faults sshds log-templates format clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24

demo: ## A private sshd on loopback, real logins, a slow library, the alert. DELAY_MS=0: no slow library; ARGS="--keep": options
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

collector: package ## The collector alone, with its own Java and AOT cache: deploy/target/halfsecond-collector
	@deploy/collector-runtime.sh

packages: package ## deb and rpm packages with their own Java, for this kind of machine: deploy/target/packages
	@deploy/prerequisites.sh packages
	@deploy/packages/build.sh

release: package ## What is published: distribution, packages that were made, SBOM, checksums; HALFSECOND_SIGN signs: deploy/target/release
	@rm -rf deploy/target/release
	@deploy/release.sh deploy/target/release

images: collector ## Build the container images from what is on this machine. BASE=debian:12-slim: on that image
	@deploy/image/build-image.sh kafka
	@deploy/image/build-image.sh halfsecond
	@deploy/image/build-image.sh collector

test: ## Everything: formatting, unit tests, tests against the real kernel, sshd, Kafka and Prometheus
	@deploy/prerequisites.sh test
	@$(MAVEN) verify

screenshots: package ## Every panel of the dashboards, drawn from a real run: grafana/target/screenshots; a quarter of an hour
	@deploy/prerequisites.sh demo
	@deploy/prerequisites.sh test
	@cd grafana/screenshots && npm ci --silent --no-audit --no-fund
	@HALFSECOND_JAVA_HOME="$${HALFSECOND_JAVA_HOME:-$$(deploy/find-jdk.sh)}" grafana/screenshots/run.sh grafana/target/screenshots

coverage: ## Test coverage by module, of all tests; in detail in deploy/target/site/jacoco-aggregate
	@deploy/prerequisites.sh test
	@$(MAVEN) -Pcoverage verify
	@awk -F, 'NR > 1 { sub(".*/", "", $$1); modules[$$1]; im[$$1] += $$4; ic[$$1] += $$5; bm[$$1] += $$6; bc[$$1] += $$7 } \
	  END { for (m in modules) printf "%-22s instructions %5.1f %%   branches %5.1f %%\n", \
	    m, 100 * ic[m] / (im[m] + ic[m]), bm[m] + bc[m] ? 100 * bc[m] / (bm[m] + bc[m]) : 100 }' \
	  deploy/target/site/jacoco-aggregate/jacoco.csv | sort

mutation: ## Mutation tests of the detector and the connection assembly, an hour. SAMPLE=12: so many mutants of a class
	@deploy/prerequisites.sh build
	@JAVA_HOME="$$(deploy/find-jdk.sh)" $(MAVEN) -q -Pmutation -pl collector,streams -am process-test-classes $(if $(SAMPLE),'-Dfeatures=+CLASSLIMIT(limit[$(SAMPLE)])')
	@awk -F, '{ sub("[$$].*", "", $$2); all[$$2]++; killed[$$2] += $$6 ~ /^(KILLED|TIMED_OUT|MEMORY_ERROR)$$/ } \
	  END { for (c in all) printf "%3d %%  %4d of %4d  %s\n", 100 * killed[c] / all[c], killed[c], all[c], c }' \
	  collector/target/pit-reports/mutations.csv streams/target/pit-reports/mutations.csv | sort -n

fuzz: ## Fuzz every decoder of outside bytes, hours. TARGET="Dpkg Rpm": only those; RUNS=10000: inputs each, else 10 million
	@deploy/prerequisites.sh build
	@$(MAVEN) -q -Pfuzz process-test-classes
	@.mvn/fuzz.sh $(or $(RUNS),10000000) $(TARGET)

bench: ## JMH benchmarks
	@deploy/prerequisites.sh build
	@$(MAVEN) -q -Pbench -DskipTests test

benchmark: ## The detector compared with others on simulated series: streams/BENCHMARK.md. SEED=2; ARGS=--help for options
	@deploy/prerequisites.sh build
	@$(MAVEN) -q -Pbenchmark -pl streams -am -DskipTests test \
	  -Dbenchmark.args="--commit $$(git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown) $(if $(SEED),--seed $(SEED)) $(ARGS)"

rollouts: ## Answers about simulated rollouts, and how often they are wrong: streams/GATE.md. SEED=2; ARGS=--quick: less
	@deploy/prerequisites.sh build
	@$(MAVEN) -q -Pbenchmark -pl streams -am -DskipTests test -Dbenchmark.main=RolloutBenchmark \
	  -Dbenchmark.args="--commit $$(git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown) $(if $(SEED),--seed $(SEED)) $(ARGS)"

throughput: ## The topology beside one that passes on: deploy/target/throughput.md. ARGS="--build old=DIR": other builds too
	@deploy/prerequisites.sh build
	@$(MAVEN) -q -Pthroughput -pl deploy -am package -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dthroughput.args="--report target/throughput.md --restore \
	  --commit $$(git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown) $(ARGS)"

footprint: ## What collectors and replay cost, beside other programs: deploy/FOOTPRINT.md. ARGS="--collector old=DIR": other builds too
	@deploy/prerequisites.sh footprint
	@$(MAKE) --no-print-directory collector
	@$(MAVEN) -q -Pthroughput -pl deploy -am package -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dthroughput.main=Footprint \
	  -Dassembly.skipAssembly=true -Dthroughput.args="--report FOOTPRINT.md \
	  --commit $$(git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown) $(ARGS)"

scrape: ## The topology's /metrics of 10,000 hosts: deploy/SCRAPE.md. ARGS="--build before=DIR --hosts N"
	@deploy/prerequisites.sh build
	@$(MAVEN) -q -Pthroughput -pl deploy -am package -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dthroughput.main=Scrape -Dthroughput.args="--report SCRAPE.md \
	  --commit $$(git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown) $(ARGS)"

soak: ## An hour of logins to a private sshd under changing load: no alert may fire. ARGS=-Dhalfsecond.soak=PT10M
	@deploy/prerequisites.sh test
	@$(MAVEN) -pl deploy -am verify -Dtest.excluded=freeze -Dtest=none -Dit.test=SoakIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false $(ARGS)

ordinary: ## 1,000 ordinary connections with a rotating log: no evidence of tampering may be found. ARGS=-Dhalfsecond.connections=200
	@deploy/prerequisites.sh test
	@$(MAVEN) -pl deploy -am verify -Dtest.excluded=freeze -Dtest=none -Dit.test='TamperingIT#should_find_nothing*' -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false $(ARGS)

faults: ## The fault matrix: what every fault does to records and alerts, deploy/FAULTS.md. ARGS=-Dit.test='TopologyFaultsIT#*killed*'
	@deploy/prerequisites.sh faults
	@$(MAVEN) -pl deploy -am verify -Dtest.excluded=freeze,soak -Dtest=none -Dit.test='*FaultsIT,UpgradeIT,MorePartitionsIT' -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dfaults.table=FAULTS.md $(ARGS)

comma = ,
sshds: ## What is told right with which OpenSSH. SOURCES=TARBALL,TREE,CLONE@TAG: built here; PREFIX=DIR,DIR: installed; ARGS=--doc
	@deploy/sshds.sh $(ARGS) $(subst $(comma), ,$(SOURCES) $(PREFIX))

log-templates: ## List the log templates of an OpenSSH release from its sources. OPENSSH=DIRECTORY
	@test -n "$(OPENSSH)" || { echo "OPENSSH is not set: the directory of the sources, see docs/develop.md" >&2; exit 2; }
	@"$$(deploy/find-jdk.sh)/bin/java" collector/src/test/java/io/halfsecond/collector/source/log/SshdLogTemplates.java "$(OPENSSH)"

format: ## Format the Java sources and sort their imports
	@$(MAVEN) -q -N validate -Dformat.action=replace

clean: ## Remove what was built
	@$(MAVEN) -q clean
