using System.Text.Json.Serialization;
using Federation.Engine.Containers;
using Federation.Engine.Events;
using Federation.Engine.Images;
using Federation.Engine.Networks;
using Federation.Engine.Swarm;
using Federation.Engine.Volumes;

namespace Federation.Engine;

// The API's names are those of the members, but where a member says otherwise; nulls are the daemon's defaults.
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(EngineMessage))]
[JsonSerializable(typeof(EngineInfo))]
[JsonSerializable(typeof(EngineVersion))]
[JsonSerializable(typeof(EngineEvent))]
[JsonSerializable(typeof(ContainerSpec))]
[JsonSerializable(typeof(ContainerCreated))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(ContainerSummary[]))]
[JsonSerializable(typeof(ContainerStats))]
[JsonSerializable(typeof(ContainerExit))]
[JsonSerializable(typeof(ExecSpec))]
[JsonSerializable(typeof(ExecStart))]
[JsonSerializable(typeof(ExecDetails))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(PullProgress))]
[JsonSerializable(typeof(NetworkJoin))]
[JsonSerializable(typeof(RegistryCredentials))]
[JsonSerializable(typeof(NetworkSpec))]
[JsonSerializable(typeof(NetworkDetails))]
[JsonSerializable(typeof(SwarmDetails))]
[JsonSerializable(typeof(SwarmStart))]
[JsonSerializable(typeof(SwarmJoin))]
[JsonSerializable(typeof(SwarmNode[]))]
[JsonSerializable(typeof(SwarmNodeSpec))]
[JsonSerializable(typeof(SwarmService))]
[JsonSerializable(typeof(SwarmService[]))]
[JsonSerializable(typeof(ServiceSpec))]
[JsonSerializable(typeof(SwarmTask[]))]
[JsonSerializable(typeof(FileSpec))]
[JsonSerializable(typeof(SwarmFile[]))]
[JsonSerializable(typeof(ObjectCreated))]
[JsonSerializable(typeof(NetworkDetails[]))]
[JsonSerializable(typeof(NetworkCreated))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(VolumeSpec))]
[JsonSerializable(typeof(VolumeDetails))]
[JsonSerializable(typeof(Dictionary<string, string[]>), TypeInfoPropertyName = "DictionaryStringStringArray")]
internal sealed partial class EngineJson : JsonSerializerContext;
