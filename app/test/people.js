// People: the accounts and events that the tests speak of.
import { randomUUID } from 'node:crypto';

export const ada = { id: '5f0c1f0e-8a39-4c5b-9d2e-0a7f3b1c2d4e', name: 'Ada', email: 'ada@example.com', marketing: true };
export const bob = { id: '0b6d4f2a-1c3e-4f5a-8b7c-9d0e1f2a3b4c', name: 'Bob', email: 'bob@example.com', marketing: false };

const event = (account, type, details) => ({ version: 1, id: randomUUID(), type, at: new Date().toISOString(), account, ...details });
export const registration = (account) => event(account, 'registration-completed');
export const deposit = (account, cents = 1250) => event(account, 'deposit-completed', { cents });
export const transfer = (account, cents = 500, recipient = 'Grace') => event(account, 'transfer-completed', { cents, recipient });
export const threeSteps = (account) => [registration(account), deposit(account), transfer(account)];
