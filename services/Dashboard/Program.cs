using Federation.Dashboard.Pages;
using Federation.Dashboard.Planes;
using Federation.Dashboard.Serving;
using Federation.Dashboard.Sessions;
using Federation.ServiceDefaults.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("dashboard");
builder.AddDashboardListener();
builder.AddCookieKeys();
builder.Services.AddSingleton<PlaneAddress>();
builder.Services.AddSingleton<PlaneConnections>();
builder.Services.AddHostedService(provider => provider.GetRequiredService<PlaneConnections>());
builder.Services.AddSingleton<SessionCookie>();
builder.Services.AddSingleton<PageServer>();

var app = builder.Build();
app.UseSecurityHeaders();
app.MapServiceDefaults();
app.MapSiteFiles();
app.MapSignIn();
app.MapTheme();
app.MapPages();
app.MapActions();
await app.RunAsync();
