// A program against the types that openapi-typescript writes: it compiles, or the test fails.
import createClient from "openapi-fetch";
import type { components, paths } from "./service.js";

type Meeting = components["schemas"]["ListedMeeting"];
type Json = "application/json" | "application/problem+json";

const client = createClient<paths, Json>({ baseUrl: process.argv[2] });
const slug = (meeting: Meeting): string => meeting.id.split("/").pop() ?? "";

const meetings = await client.GET("/meetings", { params: { query: { name: "xi", valid_at: "any" } } });
if (meetings.error) throw new Error(meetings.error.detail);
const slugs = meetings.data.items.map(slug);

const one = await client.GET("/meetings/{name}", { params: { path: { name: "trump-xi-apec-2025" } } });
if (one.error) throw new Error(one.error.detail);

const found = await client.GET("/search", { params: { query: { q: "meeting of donald", limit: 1 } } });
if (found.error) throw new Error(found.error.detail);
const best = found.data.groups[0].items[0];

console.log(JSON.stringify([slugs.includes("trump-xi-apec-2025"), one.data.label, best.matched.how]));
