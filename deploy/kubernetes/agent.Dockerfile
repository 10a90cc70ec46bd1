# The agent's image: its one file on a system that has glibc, libssl and the certificates of authorities.
#   dotnet publish services/Agent -p:PublishProfile=single-file -o publish
#   docker build -f deploy/kubernetes/agent.Dockerfile -t registry.example.com/federation-agent:latest publish
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libssl3 && rm -rf /var/lib/apt/lists/*
COPY Federation.Agent /usr/local/bin/federation-agent
# It unpacks nothing, and writes to its state folder and /tmp alone.
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/federation-agent"]
